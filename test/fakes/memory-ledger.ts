/** The runs in memory, counted as the store counts them. */

import type { PastAttempt } from "../../src/healing/gates/gate-facts.ts";
import type { RollLedger, SaidSince } from "../../src/healing/roll-ledger.ts";
import type { RunLedger } from "../../src/healing/run-ledger.ts";
import type { JudgedRun } from "../../src/incidents/breaker.ts";
import type { RunReplica } from "../../src/incidents/run-replica.ts";
import type { Run } from "../../src/store/runs/run.ts";

const attempts = new Set(["acting", "acted", "failed", "unknown"]);

export interface MemoryLedger extends RunLedger {
  readonly runs: Map<string, Run>;
  readonly rolls: RollLedger;
  /** What people have said since the decision, for runs on replicas. */
  said: SaidSince;
}

const nothingToSeal = async (): Promise<void> => undefined;

/** Empty at first. */
export function memoryLedger(): MemoryLedger {
  const runs = new Map<string, Run>();
  const decide: RunLedger["decide"] = async (
    { id, fix: name, remediation, sinceMs, incident, target, replicas, nowMs = sinceMs },
    judge,
  ) => {
    const all = [...runs.values()].filter(({ status }) => attempts.has(status));
    const past = all.filter((run) => run.fix === name);
    const ends = past.map((run) => run.finishedAtMs ?? run.decidedAtMs);
    const run = judge({
      attempts: all
        .flatMap((known) => attemptsOf(known, nowMs))
        .filter(({ atMs }) => atMs >= sinceMs),
      target,
      ...(replicas && { replicas }),
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
  const change = (id: string, of: (replica: RunReplica) => RunReplica): Run | undefined => {
    const known = runs.get(id);
    if (known === undefined) return undefined;
    const changed = { ...known, replicas: known.replicas.map(of) };
    runs.set(id, changed);
    return changed;
  };
  const ledger: MemoryLedger = {
    runs,
    said: { freezes: [], silence: null },
    rolls: {
      begin: async ({ run: { id }, which, atMs, mayNot }) => {
        const because = mayNot(ledger.said);
        if (because !== undefined) return { status: "held", because };
        const known = runs.get(id);
        const isFree = (known?.replicas ?? []).every(({ n, status }) =>
          which.includes(n) ? status === "planned" : status !== "acting" && status !== "acted",
        );
        if (known?.status !== "acting" || !isFree) return { status: "taken" };
        change(id, (one) =>
          which.includes(one.n) ? { ...one, status: "acting", begunAtMs: atMs } : one,
        );
        return { status: "begun" };
      },
      record: async ({ run: id, n, from, status, detail, finishedAtMs, after }) =>
        change(id, (one) =>
          one.n === n && one.status === from
            ? { ...one, status, detail, finishedAtMs, after: after ?? one.after }
            : one,
        ),
    },
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
    finish: async (id, ended) => {
      const known = runs.get(id);
      if (known?.status !== "acting") return known;
      runs.set(id, { ...known, ...ended, replicas: known.replicas.map(endedReplica) });
      return runs.get(id);
    },
  };
  return ledger;
}

const endings: Readonly<Record<string, RunReplica["status"]>> = {
  planned: "untouched",
  acting: "unknown",
  acted: "not_back",
};
const endedReplica = (replica: RunReplica): RunReplica => ({
  ...replica,
  status: endings[replica.status] ?? replica.status,
});

/** Each replica is one, from when its act began. */
function attemptsOf(
  { decidedAtMs, fix, targetId, host, replicas, status }: Run,
  nowMs: number,
): readonly PastAttempt[] {
  if (replicas.length === 0) return [{ atMs: decidedAtMs, fix, target: targetId, host }];
  const counted = replicas.filter(({ begunAtMs }) => begunAtMs !== null || status === "acting");
  return counted.map((one) => ({
    atMs: Math.max(decidedAtMs, one.begunAtMs ?? nowMs),
    fix,
    target: one.targetId,
    host: one.host,
  }));
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
