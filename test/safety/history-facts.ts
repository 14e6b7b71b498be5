/** What `gatherHistory` reads of the store, read of the rows in memory. */
import type { HistoryFacts } from "../../src/healing/gates/gate-facts.ts";
import type { HistoryFilter } from "../../src/healing/gather.ts";
import type { JudgedRun } from "../../src/incidents/breaker.ts";
import type { Run } from "../../src/store/runs/run.ts";
import type { Rows } from "./memory-store.ts";

const attempted: ReadonlySet<string> = new Set(["acting", "acted", "failed", "unknown"]);

export function historyFor(rows: Rows, filter: HistoryFilter): HistoryFacts {
  const { id, fix, remediation, sinceMs, stormSinceMs, incident, target } = filter;
  const all = [...rows.runs.values()];
  const attempts = all.filter(({ status }) => attempted.has(status));
  const own = attempts.filter((run) => run.fix === fix);
  const ends = own.map(({ finishedAtMs, actedAtMs, decidedAtMs }) =>
    Math.max(finishedAtMs ?? decidedAtMs, actedAtMs ?? decidedAtMs, decidedAtMs),
  );
  const acting = attempts.filter((run) => run.status === "acting" && run.id !== id);
  const sameAct = attempts.filter((run) => run.fix === fix || run.remediation === remediation);
  const forIncident = sameAct.filter(
    (run) => target !== undefined && run.targetId === target.id && run.incident === incident,
  );
  return {
    ...answersFor(rows, filter),
    attempts: attempts
      .filter(({ decidedAtMs }) => decidedAtMs >= sinceMs)
      .map((run) => ({ ...run, atMs: run.decidedAtMs, target: run.targetId })),
    target,
    acting: acting.map((run) => run.fix),
    actingHere: target && acting.find(({ targetId }) => targetId === target.id)?.fix,
    lastAttemptEndMs: ends.length === 0 ? undefined : Math.max(...ends),
    judged: judgedOf(own),
    storm: stormSinceMs === undefined ? undefined : stormOf(rows, stormSinceMs),
    actsForIncident: forIncident.map(({ decidedAtMs: atMs, outcome }) => ({ atMs, outcome })),
    freezes: rows.freezes
      .filter(({ untilMs, endedAtMs }) => endedAtMs === null && untilMs > sinceMs)
      .toSorted((a, b) => a.atMs - b.atMs || (a.id < b.id ? -1 : 1)),
    silence: rows.incidents.get(incident ?? "")?.silence ?? null,
  };
}

function stormOf({ runs, members }: Rows, sinceMs: number): NonNullable<HistoryFacts["storm"]> {
  const since = [...runs.values()].filter(({ decidedAtMs }) => decidedAtMs >= sinceMs);
  const broken = [...members.values()].filter(({ state }) => state === "joined");
  const anomalous = new Set(broken.map((member) => member.fingerprint)).size;
  return {
    targets: [...new Set(since.flatMap(({ targetId }) => targetId ?? []))],
    anomalous,
    models: anomalous,
    isOn: since.some(({ gate }) => gate === "storm"),
  };
}

/** The last two, newest first. */
function judgedOf(own: readonly Run[]): readonly JudgedRun[] {
  const judged = own.flatMap((run): readonly JudgedRun[] => {
    const { id, decidedAtMs: atMs, status, outcome, targetName: target } = run;
    if (status !== "acted" || outcome === null) return [];
    if (outcome === "inconclusive" || outcome === "unknown") return [];
    return [{ run: id, atMs, outcome, target }];
  });
  return judged.toSorted((a, b) => b.atMs - a.atMs || (a.run < b.run ? 1 : -1)).slice(0, 2);
}

/** What people were asked before, and what they said. */
function answersFor(
  rows: Rows,
  { id, fix, incident, target, approved }: HistoryFilter,
): Partial<HistoryFacts> {
  const all = [...rows.runs.values()];
  const waits = all.filter(({ status }) => status === "proposed");
  const same = waits.find(
    (run) =>
      run.id !== id && run.fix === fix && run.targetId === target?.id && run.incident === incident,
  );
  const asked = {
    waiting: waits.flatMap(({ proposal }) => proposal?.id ?? []),
    askedAs: same?.proposal?.id,
  };
  const answered = approved === undefined ? undefined : answeredIn(rows, id, incident);
  const known =
    answered?.id === approved && answered !== undefined ? { ...asked, answered } : asked;
  if (target === undefined) return known;
  const onTarget = all.filter((run) => run.fix === fix && run.targetId === target.id);
  return { ...known, lastNo: lastNoOf(onTarget), before: beforeOf(onTarget) };
}

function answeredIn(rows: Rows, run: string, incident = ""): HistoryFacts["answered"] {
  const found = rows.incidents.get(incident)?.runs.find(({ id }) => id === run);
  return found?.status === "proposed" ? found.proposal : undefined;
}

function lastNoOf(onTarget: readonly Run[]): HistoryFacts["lastNo"] {
  const [no] = onTarget
    .filter(({ status }) => status === "declined")
    .toSorted((a, b) => (b.finishedAtMs ?? 0) - (a.finishedAtMs ?? 0));
  return no && { atMs: no.finishedAtMs ?? Number.NaN, severity: no.proposal?.severity ?? "" };
}

function beforeOf(onTarget: readonly Run[]): NonNullable<HistoryFacts["before"]> {
  const acted = onTarget.filter(({ status }) => attempted.has(status) && status !== "acting");
  const helped = acted.filter(({ outcome }) => outcome === "recovered");
  return { acted: acted.length, helped: helped.length };
}
