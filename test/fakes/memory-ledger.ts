/** The runs in memory, counted as the store counts them. */

import type { RunLedger } from "../../src/healing/run-ledger.ts";
import type { JudgedRun } from "../../src/incidents/breaker.ts";
import type { Run } from "../../src/store/runs/run.ts";

const attempts = new Set(["acting", "acted", "failed", "unknown"]);

export interface MemoryLedger extends RunLedger {
  readonly runs: Map<string, Run>;
}

const nothingToSeal = async (): Promise<void> => undefined;

/** Empty at first. */
export function memoryLedger(): MemoryLedger {
  const runs = new Map<string, Run>();
  const decide: RunLedger["decide"] = async (
    { id, fix: name, remediation, sinceMs, incident, target },
    judge,
  ) => {
    const all = [...runs.values()].filter(({ status }) => attempts.has(status));
    const past = all.filter((run) => run.fix === name);
    const ends = past.map((run) => run.finishedAtMs ?? run.decidedAtMs);
    const run = judge({
      attempts: all
        .map(({ decidedAtMs: atMs, fix, targetId, host }) => ({
          atMs,
          fix,
          target: targetId,
          host,
        }))
        .filter(({ atMs }) => atMs >= sinceMs),
      target,
      acting: all.filter(({ status }) => status === "acting").map(({ fix }) => fix),
      actingHere: all.find(
        (known) => known.status === "acting" && known.targetId === (target?.id ?? ""),
      )?.fix,
      lastAttemptEndMs: ends.length === 0 ? undefined : Math.max(...ends),
      judged: lastJudged(past),
      actsForIncident: all
        .filter(
          (known) =>
            known.remediation === remediation &&
            known.incident === incident &&
            known.targetId === target?.id,
        )
        .map(({ decidedAtMs: atMs, outcome }) => ({ atMs, outcome })),
    });
    runs.set(id, run);
    return run;
  };
  return {
    runs,
    get: async (id) => runs.get(id),
    decide,
    decideIn: async (_, about, judge) => ({ run: await decide(about, judge), seal: nothingToSeal }),
    judgeIn: async (_, about, judge) => {
      const before = new Map(runs);
      const run = await decide(about, judge);
      runs.clear();
      for (const [id, known] of before) runs.set(id, known);
      return { run, seal: nothingToSeal };
    },
    finish: async (id, change) => {
      const known = runs.get(id);
      if (known?.status !== "acting") return known;
      runs.set(id, { ...known, ...change });
      return runs.get(id);
    },
  };
}

/** Newest first. Of runs that were decided at once, the one of the larger id comes first. */
function lastJudged(past: readonly Run[]): readonly JudgedRun[] {
  const judged = past.flatMap((run): readonly JudgedRun[] => {
    const { id, decidedAtMs: atMs, status, outcome, targetName: target } = run;
    if (status !== "acted" || outcome === null) return [];
    if (outcome === "inconclusive" || outcome === "unknown") return [];
    return [{ run: id, atMs, outcome, target }];
  });
  return judged.toSorted((a, b) => b.atMs - a.atMs || (a.run < b.run ? 1 : -1)).slice(0, 2);
}
