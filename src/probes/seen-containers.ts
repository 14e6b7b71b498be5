/**
 * What the containers of a service went through since the last look. Pure.
 *
 * A state alone hides what happened between two looks. A container that was killed for its memory and started again by
 * its restart policy looks healthy. So the last look is remembered, and the engine's events fill the gap.
 */
import type { Container } from "../../remediations/docker/engine.ts";
import type { ContainerEvent } from "../../remediations/docker/events.ts";
import type { SeenContainers, SeenReplica } from "./probe.ts";

/** Restarts within this time count as one loop. */
export const loopWindowMs = 10 * 60_000;

/** A container, with the engine's events about it since the last look. */
export interface LookedContainer {
  readonly container: Container;
  /** Empty where nothing has changed, or where the engine has forgotten them. */
  readonly events: readonly ContainerEvent[];
}

const nothing: SeenContainers = { replicas: {}, starts: [] };

/**
 * Whether the engine's events are needed: it ended, or was started again, since the last look.
 *
 * @returns since when, ms since 1970; undefined where nothing has changed
 */
export function eventsSince(
  { id, state, startedAt, finishedAt = startedAt }: Container,
  seen: SeenContainers | undefined,
): number | undefined {
  const before = seen?.replicas[id];
  if (isRunning(state)) {
    if (before === undefined || before.startedAt === startedAt) return undefined;
    return timeOf(before.startedAt);
  }
  const isKnown = before?.ended !== undefined && before.startedAt === startedAt;
  return isKnown ? undefined : beforeEnd(timeOf(finishedAt));
}

/** A person's `stop` waits for the container, so it is older than the end. Docker waits 10 s unless told otherwise. */
const beforeEnd = (endedMs: number): number => Math.max(0, endedMs - 60_000);

/** @param looked every container of the service */
export function seenAfter(
  before: SeenContainers | undefined,
  looked: readonly LookedContainer[],
  nowMs: number,
): SeenContainers {
  const { replicas, starts, oomAtMs } = before ?? nothing;
  const after = looked.map(({ container, events }) => {
    const known = replicas[container.id];
    return { container, known, replica: replicaOf({ container, events }, known), events };
  });
  const restarted = after.flatMap(({ container, known }) => newStarts(container, known));
  const killed = after.flatMap(({ container, known, events }) =>
    killsOf({ container, events }, known, nowMs),
  );
  const oom = Math.max(oomAtMs ?? 0, ...killed);
  const started = Math.max(0, ...looked.map(({ container }) => timeOf(container.startedAt)));
  const isStopped =
    after.length > 0 && after.every(({ replica: { ended } }) => ended === "by_hand");
  return {
    replicas: Object.fromEntries(after.map(({ container, replica }) => [container.id, replica])),
    starts: [...starts, ...restarted].filter((ms) => ms > nowMs - loopWindowMs).slice(-20),
    ...(oom > 0 && { oomAtMs: oom }),
    ...(started > 0 && { startedAtMs: started }),
    ...(isStopped && { stopped: true }),
  };
}

export const isRunning = (state: string): boolean => state === "running" || state === "paused";

/** A container that is between two starts of its policy, or is being removed, has not ended. */
const hasEnded = (state: string): boolean => state === "exited" || state === "dead";

function replicaOf(
  { container, events }: LookedContainer,
  known: SeenReplica | undefined,
): SeenReplica {
  const { startedAt, restarts = 0, oomKilled = false, state } = container;
  const before = known?.startedAt === startedAt ? known.ended : undefined;
  const ended = hasEnded(state) ? (before ?? howEnded(container, events)) : undefined;
  return { startedAt, restarts, oomKilled, ...(ended && { ended }) };
}

/** Exit code of a program that was killed. */
const killed = 137;
/** Exit codes of a program that was told to stop, where the engine has forgotten who told it. */
const toldToStop: ReadonlySet<number | undefined> = new Set([0, 130, 137, 143]);

/** The kernel's kill for memory is no event of the action `kill`. */
function howEnded(
  { oomKilled, exitCode }: Container,
  events: readonly ContainerEvent[],
): NonNullable<SeenReplica["ended"]> {
  const ending = events.findLastIndex(({ action }) => action === "die");
  if (ending < 0) return oomKilled !== true && toldToStop.has(exitCode) ? "by_hand" : "by_itself";
  const start = events.slice(0, ending).findLastIndex(({ action }) => action === "start");
  const around = events.slice(start + 1);
  const isTold = around.some(({ action }) => action === "stop" || action === "kill");
  return isTold ? "by_hand" : "by_itself";
}

/** How often its restart policy has started it since the last look. A restart by hand sets the engine's count to 0. */
function newStarts(
  { startedAt, restarts = 0 }: Container,
  known: SeenReplica | undefined,
): readonly number[] {
  if (known === undefined) return [];
  const more = Math.max(0, restarts - known.restarts);
  return Array.from({ length: Math.min(more, 20) }, () => timeOf(startedAt));
}

/**
 * When a process of it was killed for its memory since the last look, ms since 1970. Docker's flag stays true after the
 * container was started again, so it counts only where the engine has forgotten the events, and only when it is new.
 */
function killsOf(
  { container, events }: LookedContainer,
  known: SeenReplica | undefined,
  nowMs: number,
): readonly number[] {
  const kills = events.filter(({ action }) => action === "oom").map(({ atMs }) => atMs);
  const { oomKilled, state, exitCode, finishedAt = "" } = container;
  if (events.length > 0 || oomKilled !== true || known?.oomKilled === true) return kills;
  if (isRunning(state)) return known === undefined ? [] : [nowMs];
  return exitCode === killed ? [timeOf(finishedAt) || nowMs] : [];
}

/** ms since 1970; 0 where the engine's time is none, as for a container that never ran. */
export const timeOf = (text: string): number => Math.max(0, Date.parse(text) || 0);
