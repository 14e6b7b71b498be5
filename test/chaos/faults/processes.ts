/** Faults of the daemons: killed, restarted, paused, and a wall clock that is off. */
import { type Kinds, lasts, silence } from "./fault.ts";
import { replaced } from "./replaced.ts";

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
