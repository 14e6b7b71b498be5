/**
 * Changes the engine at most once for one effect, and only as a plan says that somebody has seen before.
 *
 *     plan verb:  look → limits → plan
 *     act verb:   look → limits → same plan? → rate → begin on disk → engine, if the permit is good in that turn → end on disk
 *
 * A plan is the hash of what was seen. If the engine shows something else by now, nothing is done.
 *
 * # Failure handling
 *
 * - The permit had expired: nothing was written to the engine, and the effect may be requested again.
 * - The engine's answer is lost: the act is looked up once. If that does not tell, its end stays unknown.
 * - The executor dies: its next start calls the end of each act without one unknown. An unknown act counts against the
 *   limits, and is not repeated for its effect.
 */
import { createHash } from "node:crypto";
import type { Logger } from "pino";
import { DockerError } from "../../remediations/docker/errors.ts";
import { messageOf } from "../errors.ts";
import type { ClockReading, MayAct, Permit } from "../permit.ts";
import type { RecordedAct } from "./act-lines.ts";
import type { ActLog } from "./act-log.ts";
import { type ActLimit, exceeded } from "./limits.ts";
import { isPlausible, notRecorded, onlyOnce, PermitExpired, recordedEnd } from "./once.ts";
import type { VerbOutcome } from "./verb.ts";

export interface ChangesOptions {
  /** Of these changes alone. */
  readonly acts: ActLog;
  readonly all: readonly ActLimit[];
  readonly perSubject: readonly ActLimit[];
  readonly clocks: () => ClockReading;
  readonly logger: Logger;
}

type Figures = Readonly<Record<string, number>>;

/** What would be done, as it was seen now. */
export interface PlannedChange {
  /** Name of what is changed. */
  readonly name: string;
  /** Hash of what was seen. */
  readonly plan: string;
  readonly act: (mayAct: MayAct) => Promise<Figures>;
  /** The figures of the act if the engine shows that it took effect. */
  readonly lookUp?: () => Promise<Figures | undefined>;
}

export interface AskedChange {
  /** Id of the container, or a constant where there is one subject only. */
  readonly subject: string;
  readonly plan: string;
  /** @throws DockerError where the limits forbid it */
  readonly planNow: () => Promise<PlannedChange>;
}

export const planOf = (seen: unknown): string =>
  createHash("sha256").update(JSON.stringify(seen)).digest("hex");

/** Acts, and looks up what happened if the answer got lost. */
async function acted({ act, lookUp }: PlannedChange, mayAct: MayAct): Promise<Figures> {
  try {
    return await act(mayAct);
  } catch (error) {
    if (!(error instanceof DockerError) || !error.maybeApplied) throw error;
    const result = await lookUp?.().catch(() => undefined);
    if (result === undefined) throw error;
    return result;
  }
}

export class Changes {
  readonly #options: ChangesOptions;
  /** The running act of each subject, at most one. */
  readonly #running = new Map<
    string,
    { readonly effect: string; readonly ended: Promise<VerbOutcome> }
  >();

  /** Settles when no act of an earlier process is open. */
  #ended: Promise<void> = Promise.resolve();

  constructor(options: ChangesOptions) {
    this.#options = options;
  }

  /** @throws DockerError, whose `maybeApplied` says whether the change may have taken effect anyway */
  async change(asked: AskedChange, permit: Permit): Promise<VerbOutcome> {
    const { subject } = asked;
    const { effect } = permit;
    await this.#ended;
    const running = this.#running.get(subject);
    if (running?.effect === effect) return running.ended;
    const known = this.#options.acts.find(effect, subject);
    if (known !== undefined) return recordedEnd(known);
    if (running !== undefined)
      throw new DockerError("DW_DOCKER_CONFLICT", `${subject} is being changed for another effect`);
    if (!isPlausible(permit, this.#options.clocks())) return { status: "expired" };
    const ended = this.#change(asked, permit).finally(() => this.#running.delete(subject));
    this.#running.set(subject, { effect, ended });
    return ended;
  }

  /** Acts that an earlier process left open. Call it before the first request. */
  endOpen(): Promise<void> {
    this.#ended = this.#endOpen();
    return this.#ended;
  }

  async #endOpen(): Promise<void> {
    const { acts } = this.#options;
    for (const act of acts.aged().filter(({ status }) => status === "open"))
      await this.#end(act, "unknown", `The executor ended while it changed ${act.name}.`);
  }

  /** Settles when no act is running. */
  async idle(): Promise<void> {
    await Promise.allSettled([...this.#running.values()].map(({ ended }) => ended));
  }

  async #change({ subject, plan, planNow }: AskedChange, permit: Permit): Promise<VerbOutcome> {
    const { acts } = this.#options;
    const planned = await planNow();
    const { name } = planned;
    this.#check(planned, { subject, plan });
    const act = { effect: permit.effect, container: subject };
    await acts.begin({ ...act, name, startedAt: plan, graceSeconds: 0 }).catch(notRecorded);
    try {
      const result = await acted(planned, onlyOnce(permit));
      await this.#end({ ...act, result }, "done", `${name} was changed.`);
      return { status: "done", result };
    } catch (error) {
      const isUnknown = error instanceof DockerError && error.maybeApplied;
      await this.#end(act, isUnknown ? "unknown" : "undone", messageOf(error));
      if (error instanceof PermitExpired) return { status: "expired" };
      throw error;
    }
  }

  #check(planned: PlannedChange, { subject, plan }: Pick<AskedChange, "subject" | "plan">): void {
    const { acts, all, perSubject: perContainer } = this.#options;
    const { name } = planned;
    const reason =
      planned.plan === plan
        ? exceeded({ all, perContainer }, acts.aged(), { id: subject, name })
        : `${name} changed since the plan was made: make another plan.`;
    if (reason !== undefined) throw new DockerError("DW_EXECUTOR_LIMIT", reason.replace(/\.$/, ""));
  }

  async #end(
    act: Pick<RecordedAct, "effect" | "container" | "result">,
    status: "done" | "unknown" | "undone",
    detail: string,
  ): Promise<void> {
    const { acts, logger } = this.#options;
    const { effect, container: subject, result } = act;
    const told = { effect, subject, status, detail, ...result };
    if (status === "done") logger.info(told, "change ended");
    else logger.warn(told, "change ended");
    // If this fails, the act stays open in the file, and the next start calls its end unknown.
    await acts
      .end(act, status, detail)
      .catch((err: unknown) => logger.error({ err, ...told }, "recording an act failed"));
  }
}
