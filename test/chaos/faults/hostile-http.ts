/** Strangers at a daemon's listener: odd requests, pipelines whose clients leave, and clients that stay and say nothing. */
import { connect, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { fc } from "@fast-check/vitest";
import { hostileBytes } from "../../http/hostile-requests.ts";
import type { DaemonProcess } from "../daemon-process.ts";
import { type Kinds, trafficMs } from "./fault.ts";

const oddConnections = 60;
const silentConnections = 40;
const pipeline = "GET /api/v1/models HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(800);

export const hostileHttp: Kinds = {
  "hostile http": {
    perform: async ({ daemons }, { victim, seed }) => {
      const port = await portOf(daemons[victim]);
      const open = (): Socket => connect(port, "127.0.0.1").on("error", () => undefined);
      const silent = Array.from({ length: silentConnections }, open);
      const odd = fc.sample(hostileBytes, { seed, numRuns: oddConnections });
      const strangers = [...odd, ...Array.from({ length: 4 }, () => pipeline)].map(
        async (bytes) => {
          const socket = open();
          // The daemon may end meanwhile: whatever error that is, the connection closes.
          const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
          socket.write(bytes, () => socket.destroy());
          await closed;
        },
      );
      await Promise.all(strangers);
      for (const socket of silent) socket.destroy();
    },
  },
};

/** Another fault may have ended it; it comes back by itself. */
async function portOf(daemon: DaemonProcess): Promise<number> {
  const deadline = Date.now() + trafficMs;
  while (daemon.url === undefined) {
    if (Date.now() > deadline) throw new Error(`${daemon.name} does not listen`);
    await pause(100);
  }
  return Number(new URL(daemon.url).port);
}
