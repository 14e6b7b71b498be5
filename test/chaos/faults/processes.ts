/** Faults of the daemons and the executor: killed, restarted, paused, and a wall clock that is off. */
import { type Kinds, lasts, silence } from "./fault.ts";
import { replaced } from "./replaced.ts";
import { restartSeen } from "./restart-seen.ts";

export const processes: Kinds = {
  "daemon killed": { perform: (world, { victim }) => world.daemons[victim].end("SIGKILL") },
  "daemon restarted": { perform: (world, { victim }) => world.daemons[victim].end("SIGTERM") },
  "daemons killed, both": {
    perform: async ({ daemons }) => {
      await Promise.all(daemons.map((daemon) => daemon.end("SIGKILL")));
    },
  },
  "daemon paused": {
    perform: async (world, fault) => {
      const daemon = world.daemons[fault.victim];
      daemon.pause();
      try {
        await silence(world, fault);
        // Otherwise it wakes at any moment of the takeover.
        if (fault.length > 0.5) await replaced(world);
      } finally {
        daemon.resume();
      }
    },
  },
  "executor killed": {
    on: "executor",
    perform: async ({ executor }) => executor?.end("SIGKILL"),
  },
  "executor killed in a restart": {
    on: "executor",
    perform: async (world) => {
      await restartSeen(world);
      await world.executor?.end("SIGKILL");
    },
  },
  "executor restarted": {
    on: "executor",
    perform: async ({ executor }) => executor?.end("SIGTERM"),
  },
  "executor paused": {
    on: "executor",
    perform: async ({ executor, engineAway }, fault) => {
      const fromMs = Date.now();
      executor?.pause();
      await lasts(fault, 1000, 15_000).finally(() => executor?.resume());
      engineAway.push({ fromMs, toMs: Date.now() });
    },
  },
  "clock stepped": {
    perform: async (world, fault) => {
      const daemon = world.daemons[fault.victim];
      const hour = fault.direction === "to_server" ? 3_600_000 : -3_600_000;
      daemon.setClock(hour);
      await lasts(fault, 2000, 5000);
      daemon.setClock(0);
    },
  },
};
