/**
 * Restarts a container at most once for one effect, and never leaves one stopped.
 *
 *     inspect → limits → begin on disk → engine, if the permit is good in that turn → end on disk
 *
 * # Failure handling
 *
 * - The permit had expired: nothing was written to the engine. The act is forgotten, and its effect may be requested
 *   again.
 * - The engine's answer is lost: the container's started-at shows whether it was restarted. If it stays stopped, it is
 *   started.
 * - The executor dies: its next start treats each act without an end like a lost answer.
 * - The daemon requests the same effect again: it gets the recorded end.
 */
import type { Logger } from "pino";
import type { Container, Engine } from "../../remediations/docker/engine.ts";
import { DockerError } from "../../remediations/docker/errors.ts";
import { settleMs, wasLeftStopped } from "../../remediations/docker/settled-restart.ts";
import type { Clock } from "../clock.ts";
import { messageOf } from "../errors.ts";
import { type ClockReading, laterBy, type Permit } from "../permit.ts";
import type { RecordedAct } from "./act-lines.ts";
import type { ActLog } from "./act-log.ts";
import { barredFrom, type ExecutorLimits, exceeded, refusedBy } from "./limits.ts";
import { isPlausible, notRecorded, onlyOnce, PermitExpired, recordedEnd } from "./once.ts";
import type { VerbOutcome } from "./verb.ts";

export interface RestartsOptions {
  readonly engine: Engine;
  readonly limits: ExecutorLimits;
  readonly acts: ActLog;
  readonly clock: Pick<Clock, "sleep">;
  readonly clocks: () => ClockReading;
  readonly logger: Logger;
}

interface AskedRestart {
  readonly container: string;
  readonly graceSeconds: number;
}

const pollMs = 500;
/** The executor waits no longer than this for an engine that is away. */
const longestWaitMs = 15 * 60_000;

export class Restarts {
  readonly #options: RestartsOptions;
  /** The running act of each container, at most one. */
  readonly #running = new Map<
    string,
    { readonly effect: string; readonly ended: Promise<VerbOutcome> }
  >();

  constructor(options: RestartsOptions) {
    this.#options = options;
  }

  /** @throws DockerError, whose `maybeApplied` says whether the restart may have taken effect anyway */
  async restart(asked: AskedRestart, permit: Permit): Promise<VerbOutcome> {
    const { container } = asked;
    const running = this.#running.get(container);
    if (running?.effect === permit.effect) return running.ended;
    const known = this.#options.acts.find(permit.effect, container);
    if (known !== undefined) return recordedEnd(known);
    if (running !== undefined) {
      const text = `${container} is being restarted for another effect`;
      throw new DockerError("DW_DOCKER_CONFLICT", text);
    }
    if (!isPlausible(permit, this.#options.clocks())) return { status: "expired" };
    return this.#alone(container, permit.effect, () => this.#restart(asked, permit));
  }

  /** Starts a container that a restart of this executor left stopped. Does nothing when it runs. @throws DockerError */
  async finish(container: string): Promise<void> {
    const { acts, engine } = this.#options;
    // The running act starts the container itself, if it has to.
    if (this.#running.has(container)) return;
    const now = await engine.inspect(container);
    if (now === undefined) throw new DockerError("DW_DOCKER_GONE", `${container} is gone`);
    if (now.state === "running") return;
    const ours = acts
      .aged()
      .some((act) => act.container === container && isUnfinished(act) && leftBy(act, now));
    if (!ours) {
      const text = `${now.name} is ${now.state}, and no restart of this executor left it so`;
      throw new DockerError("DW_EXECUTOR_LIMIT", text);
    }
    await engine.start(container);
  }

  /**
   * Finishes the acts that an earlier process of this executor left open, those of one container one after the other.
   * Call it before the first request.
   */
  async finishOpen(): Promise<void> {
    const open = new Map<string, RecordedAct[]>();
    for (const act of this.#options.acts.aged()) {
      if (act.status !== "open") continue;
      open.set(act.container, [...(open.get(act.container) ?? []), act]);
    }
    await Promise.all([...open.values()].map((acts) => this.#finishAll(acts)));
  }

  /** The container is taken until the last of them has ended, without a turn of the event loop between two. */
  async #finishAll(acts: readonly RecordedAct[]): Promise<void> {
    for (const act of acts)
      await this.#alone(act.container, act.effect, () => this.#settle(act)).catch(() => undefined);
  }

  /** Settles when no act is running. */
  async idle(): Promise<void> {
    await Promise.allSettled([...this.#running.values()].map(({ ended }) => ended));
  }

  #alone(container: string, effect: string, act: () => Promise<VerbOutcome>): Promise<VerbOutcome> {
    const ended = act().finally(() => this.#running.delete(container));
    this.#running.set(container, { effect, ended });
    return ended;
  }

  async #restart({ container, graceSeconds }: AskedRestart, permit: Permit): Promise<VerbOutcome> {
    const { acts, engine } = this.#options;
    const before = await engine.inspect(container);
    if (before === undefined) throw new DockerError("DW_DOCKER_GONE", `${container} is gone`);
    this.#checkLimits(before);
    const { effect } = permit;
    const { name, startedAt } = before;
    // The act counts from this turn on. So two acts at the same time cannot exceed a limit.
    await acts.begin({ effect, container, name, startedAt, graceSeconds }).catch(notRecorded);
    try {
      await engine.restart(container, { graceSeconds, mayAct: onlyOnce(permit) });
    } catch (error) {
      if (error instanceof DockerError && error.maybeApplied)
        return this.#settleNow(permit, before);
      await this.#end({ effect, container }, "undone", messageOf(error));
      if (error instanceof PermitExpired) return { status: "expired" };
      throw error;
    }
    return this.#end({ effect, container }, "done", `${name} was restarted.`);
  }

  #checkLimits(container: Container): void {
    const { acts, engine, limits } = this.#options;
    const barred = barredFrom(limits, "restart", container);
    const reason =
      (barred && `${container.name} ${barred}.`) ??
      refusedBy(limits, container, { self: engine.self, verb: "restart" }) ??
      exceeded(limits, acts.aged(), container);
    if (reason !== undefined) throw new DockerError("DW_EXECUTOR_LIMIT", reason.replace(/\.$/, ""));
  }

  async #settleNow({ effect }: Permit, { id }: Container): Promise<VerbOutcome> {
    const act = this.#options.acts.find(effect, id);
    if (act === undefined) throw new TypeError(`the act of ${effect} was forgotten`);
    return this.#settle(act);
  }

  /** Waits until started-at shows that the restart took effect. A container that stays stopped is started. */
  async #settle(act: RecordedAct): Promise<VerbOutcome> {
    const { clock, clocks } = this.#options;
    const begun = clocks();
    const answeredBy = laterBy(begun, act.graceSeconds * 1000 + settleMs);
    const reachableBy = laterBy(begun, longestWaitMs);
    let before: Container | undefined;
    for (;;) {
      const seen = await this.#look(act, before);
      if (seen.end !== undefined) return this.#end(act, seen.end, seen.detail);
      const nowNs = clocks().monotonicNs;
      const isLate = seen.container !== undefined && nowNs >= answeredBy.monotonicNs;
      if (isLate || nowNs >= reachableBy.monotonicNs) return this.#end(act, "unknown", seen.detail);
      before = seen.container;
      await clock.sleep(pollMs);
    }
  }

  async #look(act: RecordedAct, before: Container | undefined): Promise<SettlingLook> {
    const { engine } = this.#options;
    const none = `The engine shows no restart of ${act.name}`;
    const now = await engine.inspect(act.container).catch(asError);
    if (now instanceof Error) return { detail: `${none}: ${now.message}.` };
    if (now === undefined) return { end: "failed", detail: `${act.name} is gone.` };
    if (now.startedAt !== act.startedAt)
      return { end: "done", detail: `${act.name} was restarted.` };
    // Every restart passes through "exited" for a moment. A container that shows it twice stays stopped.
    if (before?.state === "exited" && leftBy(act, now))
      await engine.start(act.container).catch(asError);
    return { container: now, detail: `${none}: it is ${now.state}.` };
  }

  async #end(
    act: Pick<RecordedAct, "effect" | "container">,
    status: "done" | "failed" | "unknown" | "undone",
    detail: string,
  ): Promise<VerbOutcome> {
    const { acts, logger } = this.#options;
    const told = { effect: act.effect, container: act.container, status, detail };
    if (status === "done") logger.info(told, "restart ended");
    else logger.warn(told, "restart ended");
    // If this fails, the act stays open in the file, and the next start of the executor checks it again.
    await acts
      .end(act, status, detail)
      .catch((err: unknown) => logger.error({ err, ...told }, "recording an act failed"));
    return status === "undone" ? { status: "expired" } : recordedEnd({ status, detail });
  }
}

interface SettlingLook {
  /** How the act ended; undefined while that is not known. */
  readonly end?: "done" | "failed";
  /** Undefined where the engine could not be asked. */
  readonly container?: Container;
  readonly detail: string;
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(messageOf(error));

const isUnfinished = ({ status }: RecordedAct): boolean =>
  status === "open" || status === "unknown";

/**
 * Whether this act stopped the container, and nothing has started it since. Its end must fit the time of the act,
 * because somebody else may have stopped it.
 */
const leftBy = ({ at, graceSeconds, startedAt }: RecordedAct, now: Container): boolean =>
  now.state === "exited" &&
  now.startedAt === startedAt &&
  wasLeftStopped(now, { begunAtMs: at.wallMs, graceSeconds });
