/** The runs in memory, counted as the store counts them. */
import type { RunLedger } from "../../src/healing/run-ledger.ts";
import type { Run } from "../../src/store/runs/run.ts";

const attempts = new Set(["acting", "acted", "failed", "unknown"]);

export interface MemoryLedger extends RunLedger {
  readonly runs: Map<string, Run>;
}

/** Empty at first. */
export function memoryLedger(): MemoryLedger {
  const runs = new Map<string, Run>();
  return {
    runs,
    get: async (id) => runs.get(id),
    decide: async ({ id, fix: name, sinceMs, incident, target }, judge) => {
      const past = [...runs.values()].filter((run) => run.fix === name && attempts.has(run.status));
      const ends = past.map((run) => run.finishedAtMs ?? run.decidedAtMs);
      const run = judge({
        attempts: past.map((known) => known.decidedAtMs).filter((atMs) => atMs >= sinceMs),
        lastAttemptEndMs: ends.length === 0 ? undefined : Math.max(...ends),
        actsForIncident: past
          .filter((known) => known.incident === incident && known.targetId === target)
          .map(({ decidedAtMs: atMs, outcome }) => ({ atMs, outcome })),
      });
      runs.set(id, run);
      return run;
    },
    finish: async (id, change) => {
      const known = runs.get(id);
      if (known?.status !== "acting") return known;
      runs.set(id, { ...known, ...change });
      return runs.get(id);
    },
  };
}
