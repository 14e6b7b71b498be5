/** A daemon that hardly gets the processor, for longer than its leases: it runs for moments, late, and still has to be right. */
import { setTimeout as pause } from "node:timers/promises";
import { takeoverMs } from "../world.ts";
import type { Kinds } from "./fault.ts";

/** Of each second. */
const runsMs = 60;
const standsMs = 940;

export const starved: Kinds = {
  "daemon starved": {
    perform: async (world, { victim, length }) => {
      const daemon = world.daemons[victim];
      const until = Date.now() + takeoverMs(world) + 500 + length * 4000;
      try {
        while (Date.now() < until) {
          daemon.pause();
          await pause(standsMs);
          daemon.resume();
          await pause(runsMs);
        }
      } finally {
        daemon.resume();
      }
    },
  },
};
