/**
 * The part of oracle (c) about runs: each was called for once, and each restart in the engine's ledger belongs to one
 * run.
 */
import { createHash } from "node:crypto";
import type { Restart } from "./container-engine.ts";
import type { DecisionEvent } from "./decisions-oracle.ts";

export interface StoredRun {
  readonly id: string;
  readonly fix: string;
  readonly status: string;
  readonly target_id: string | null;
  readonly started_at: string | null;
  /** The result of the run as text. */
  readonly detail: string;
}

export interface RunLimits {
  /** Attempts allowed in the whole test. */
  readonly maxRunsOf: (model: string) => number;
  /** When nobody could reach the engine, or a freeze was asked for. */
  readonly heldBack: readonly { readonly fromMs: number; readonly toMs: number }[];
  /** Whether the fix of the model waits for a person's word. */
  readonly asks: (model: string) => boolean;
  /** Ids of the commands that asked for a run. */
  readonly wishes: readonly string[];
}

const attempted = new Set(["acting", "acted", "failed", "unknown"]);
export const modelOf = (key: string): string => key.split("/").at(-1) ?? "";

/** A guilty `cpu_usage` calls for the model's fix, once an episode, whatever the gates say to it; and people may ask for it. */
export function wrongRuns(
  opened: readonly DecisionEvent[],
  runs: readonly StoredRun[],
  wishes: RunLimits["wishes"],
): readonly string[] {
  const due = callingForRun(opened);
  const wanted = new Map(
    due.map((event) => [runId(`restart-${modelOf(event.model)}`, event.id), event]),
  );
  const found = new Set(runs.map(({ id }) => id));
  return [
    ...[...wanted]
      .filter(([id]) => !found.has(id))
      .map(([, { id, model }]) => `no run for ${id} of ${model}`),
    ...runs
      .filter((run) => !wanted.has(run.id) && !isWished(run, { opened, wishes }))
      .map(({ id, fix }) => `run ${id} of ${fix} was not called for`),
    ...runs
      .filter(({ status }) => status === "acting")
      .map(({ id }) => `run ${id} is still acting`),
  ];
}

/** Whether a person has asked for the run: its id is made of the command's. */
export function isWished(
  { id, fix }: Pick<StoredRun, "id" | "fix">,
  said: { readonly opened: readonly DecisionEvent[]; readonly wishes: RunLimits["wishes"] },
): boolean {
  return said.wishes.some((wish) =>
    said.opened.some((event) => runId(fix, `${event.id}\n${wish}`) === id),
  );
}

function callingForRun(opened: readonly DecisionEvent[]): readonly DecisionEvent[] {
  return opened.filter(({ features = [] }) =>
    features.some(
      ({ feature, part }, place) => feature === "cpu_usage" && (place === 0 || part >= 1 / 3),
    ),
  );
}

const leastPart = 0.1;

/**
 * The engine's ledger against the decisions in the stream, whatever Driftwarden has stored of runs: no more restarts
 * than were called for or asked for, and are allowed; and at least a tenth of those that nothing held back: faults, and a machine
 * with much other work, make evidence too old to act on.
 */
export function wrongLedger(
  opened: readonly DecisionEvent[],
  restarts: readonly Restart[],
  { maxRunsOf, heldBack, asks, wishes }: RunLimits,
): readonly string[] {
  const allowed = countAllowed(opened, maxRunsOf) + wishes.length;
  const reachable = opened.filter(
    ({ at = 0, model }) =>
      !asks(modelOf(model)) &&
      !heldBack.some(({ fromMs, toMs }) => at / 1000 >= fromMs && at / 1000 <= toMs),
  );
  const least = countAllowed(reachable, maxRunsOf) * leastPart;
  if (restarts.length > allowed) return [`${restarts.length} restarts, of ${allowed} called for`];
  if (restarts.length < least)
    return [`only ${restarts.length} restarts, of ${allowed} called for`];
  return [];
}

function countAllowed(opened: readonly DecisionEvent[], maxRunsOf: RunLimits["maxRunsOf"]): number {
  const calls = new Map<string, number>();
  for (const { model } of callingForRun(opened))
    calls.set(modelOf(model), (calls.get(modelOf(model)) ?? 0) + 1);
  return [...calls].reduce((sum, [model, count]) => sum + Math.min(count, maxRunsOf(model)), 0);
}

function runId(fix: string, episode: string): string {
  return createHash("sha256").update(`${fix}\n${episode}`).digest("hex").slice(0, 20);
}

/** A run that says it failed says that nothing happened; the next one may find the container as it was. */
const isOf = (run: StoredRun, restart: Restart): boolean =>
  run.target_id === restart.container && run.started_at === restart.before;

/** Whether a run acted. A run of unknown outcome is reported to a person; it may have acted once. */
export function happened(
  run: StoredRun,
  runs: readonly StoredRun[],
  restarts: readonly Restart[],
): boolean {
  if (run.status !== "unknown") return run.status === "acted";
  return restarts.some((restart) => doers(runs, restart).includes(run));
}

/**
 * Whose act a restart was: theirs who say that they acted, or else one of those who do not know. Where nobody's request
 * arrived, the next run finds the container as the one of unknown outcome did, and its restart is no act of both.
 */
export function doers(runs: readonly StoredRun[], restart: Restart): readonly StoredRun[] {
  const candidates = runs.filter((run) => isOf(run, restart));
  const acted = candidates.filter(({ status }) => status === "acted");
  return acted.length > 0
    ? acted
    : candidates.filter(({ status }) => status === "unknown").slice(-1);
}

/** Each restart is the act of one run; each run that says it acted has its restart. */
export function wrongRestarts(
  runs: readonly StoredRun[],
  restarts: readonly Restart[],
): readonly string[] {
  const uncalled = restarts.filter((restart) => doers(runs, restart).length !== 1);
  const acted = runs.filter(({ status }) => status === "acted");
  const idle = acted.filter((run) => restarts.filter((restart) => isOf(run, restart)).length !== 1);
  return [
    ...uncalled.map(
      ({ container, before }) =>
        `restart of ${container.slice(-4)} started ${before} has not one run`,
    ),
    ...idle.map(({ id, fix }) => `run ${id} of ${fix} says it acted and has not one restart`),
  ];
}

export function wrongBudgets(
  runs: readonly StoredRun[],
  maxRunsOf: (model: string) => number,
): readonly string[] {
  const fixes = new Set(runs.map(({ fix }) => fix));
  return [...fixes].flatMap((fix) => {
    const count = runs.filter((run) => run.fix === fix && attempted.has(run.status)).length;
    const allowed = maxRunsOf(fix.replace("restart-", ""));
    return count <= allowed ? [] : [`${count} runs of ${fix}, allowed ${allowed}`];
  });
}
