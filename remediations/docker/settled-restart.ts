/**
 * Waits for the end of a restart, and reads its result from inspections. The engine's answer to the restart proves
 * nothing.
 */
import type { Clock } from "../../src/clock.ts";
import { messageOf } from "../../src/errors.ts";
import type { ActResult, Target } from "../remediation.ts";
import { inspected, snapshotOf } from "./chosen.ts";
import type { Container, Engine } from "./engine.ts";

/** How long an engine may take after the grace to finish a restart whose answer got lost, ms. */
export const settleMs = 10_000;
const pollMs = 500;

interface Patience {
  readonly waitMs: number;
  /** Whether a container that stays stopped may be started, once. */
  readonly mayStart: (container: Container) => boolean;
}

/** Waits until started-at shows that the restart took effect, and until the container has stayed up for a moment. */
export async function settle(
  { engine, clock }: { readonly engine: Engine; readonly clock: Clock },
  target: Target,
  { waitMs, mayStart }: Patience,
): Promise<ActResult> {
  const untilMs = clock.now() + waitMs;
  let before: Look | undefined;
  let isStarted = false;
  for (;;) {
    const seen = await look(engine, target);
    const end = endOf(seen, before);
    if (end !== undefined) return end;
    if (!isStarted && staysStopped(seen, before) && mayStart(seen.container)) {
      isStarted = true;
      await engine.start(target.id).catch(() => undefined);
      continue;
    }
    before = seen;
    if (seen.result.status !== "done" && clock.now() >= untilMs) return seen.result;
    await clock.sleep(pollMs);
  }
}

/** Every restart passes through "exited" for a moment. A container that shows it twice stays stopped. */
function staysStopped(
  seen: Look,
  before: Look | undefined,
): seen is Look & { container: InspectedContainer } {
  return seen.container?.state === "exited" && before?.container?.state === "exited";
}

/** The result that two inspections in a row show; undefined while it is not known. */
function endOf({ result, container }: Look, before: Look | undefined): ActResult | undefined {
  const first = before?.result;
  if (first?.status === "done") return afterDone(first, result);
  return result.status === "failed" && container?.hasTaken !== false ? result : undefined;
}

type Done = Extract<ActResult, { status: "done" }>;

function afterDone(first: Done, result: ActResult): ActResult {
  if (result.status === "unknown") return first;
  if (result.status !== "done" || result.after["started_at"] === first.after["started_at"])
    return result;
  return { status: "failed", detail: `${result.detail} It was started twice, so it had ended.` };
}

/** A container after the restart. */
interface InspectedContainer extends Container {
  /** Whether started-at has changed, which means that the restart took effect. */
  readonly hasTaken: boolean;
}

interface Look {
  readonly result: ActResult;
  /** Undefined when the container is gone, or the engine did not answer. */
  readonly container: InspectedContainer | undefined;
}

async function look(engine: Engine, target: Target): Promise<Look> {
  const { name, snapshot } = target;
  let now: Container | undefined;
  try {
    now = await inspected(engine, target.id);
  } catch (error) {
    const detail = `Looking ${name} up: ${messageOf(error)}.`;
    return { result: { status: "unknown", detail }, container: undefined };
  }
  if (now === undefined) {
    return { result: { status: "failed", detail: `${name} is gone.` }, container: undefined };
  }
  const container = { ...now, hasTaken: now.startedAt !== snapshot["started_at"] };
  return { result: resultOf(container), container };
}

function resultOf(now: InspectedContainer): ActResult {
  const { name, state } = now;
  const since = toSecond(now.startedAt);
  if (!now.hasTaken) {
    const detail = `The restart of ${name} did not take effect: it is ${state}, started ${since}.`;
    return { status: "failed", detail };
  }
  if (state !== "running") {
    const detail = `${name} was restarted and did not stay up: it is ${state}, started ${since}.`;
    return { status: "failed", detail };
  }
  const detail = `${name} was restarted: it runs since ${since}.`;
  return { status: "done", detail, after: snapshotOf(now) };
}

/** Extra time for the rest of an interrupted call, and for clocks that differ, ms. */
const slackMs = 5000;

/**
 * Whether the restart that began at `begunAtMs` stopped this container. Its end must fit the times of the restart,
 * because somebody else may have stopped it.
 */
export function wasLeftStopped(
  { finishedAt = "" }: Container,
  { begunAtMs, graceSeconds }: { begunAtMs: number | undefined; graceSeconds: number },
): boolean {
  if (begunAtMs === undefined) return false;
  const sinceMs = Date.parse(finishedAt) - begunAtMs;
  // Written so that a time that is not a number starts nothing.
  return sinceMs >= -slackMs && sinceMs <= graceSeconds * 1000 + settleMs + slackMs;
}

/** Docker writes nanoseconds. */
const toSecond = (time: string): string => time.replace(/\.\d+(?=Z$)/, "");
