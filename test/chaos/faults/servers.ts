/** Faults of what the daemons stand on: the broker, the source, the store, and the store's disk. */
import { type Kinds, lasts } from "./fault.ts";

export const servers: Kinds = {
  "broker killed": {
    on: "kafka",
    perform: async ({ kafka }, fault) => {
      await kafka?.kill();
      await lasts(fault, 200, 2000);
      await kafka?.restart();
    },
  },
  "broker paused": {
    on: "kafka",
    perform: async ({ kafka }, fault) => {
      kafka?.pause();
      await lasts(fault, 2000, 6000).finally(() => kafka?.resume());
    },
  },
  "source stopped": {
    perform: async ({ source }, fault) => {
      await source.server.kill();
      await lasts(fault, 200, 2000);
      await source.server.restart();
    },
  },
  "store stopped": {
    perform: async ({ store }, fault) => {
      await store.server.kill();
      await lasts(fault, 200, 2000);
      await store.server.restart();
    },
  },
  "store disk full": {
    on: "disk",
    perform: async ({ disk, store }, fault) => {
      await disk?.fill();
      await lasts(fault, 500, 3000);
      await disk?.free();
      // What the full disk has ended, whoever looks after it starts again.
      if (!store.server.running) await store.server.restart();
    },
  },
};
