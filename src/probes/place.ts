/**
 * Asks the questions of one place, again and again, under one lease: the containers of the host, or one endpoint.
 *
 *     lease ──► questions that are due, the leading one first ──► recorded ──► waits for the next one
 *
 * A question whose last answer differs from how it stands is asked again after five seconds.
 */
import type { Logger } from "pino";
import type { Engine } from "../../remediations/docker/engine.ts";
import { acquireLease, type Lease } from "../store/leases/lease.ts";
import type { Followed } from "./follow.ts";
import { hostRound } from "./host-round.ts";
import type { HostRound, ProbeLook, ProbeQuestion } from "./probe.ts";
import { type RecordingLooks, recordLook, watchOf } from "./record-look.ts";
import { isUndecided } from "./standing.ts";

export interface PlaceOptions extends RecordingLooks {
  readonly name: string;
  readonly questions: readonly ProbeQuestion[];
  /** Every question about a service, by the service's name. */
  readonly questionsOf: (question: ProbeQuestion) => readonly ProbeQuestion[];
  readonly owner: string;
  readonly engine: Engine | undefined;
  readonly logger: Logger;
  readonly onAnswer: (question: ProbeQuestion, look: ProbeLook) => void;
}

/** A first failure is asked about again after so long. */
const againMs = 5_000;
/** How long a question may take beyond its interval before another process takes the place. */
const leaseSlackMs = 30_000;
/** So many questions of one place are asked at once. */
const atOnce = 8;

export class ProbedPlace {
  readonly #options: PlaceOptions;
  /** When each question is due, ms since 1970. */
  readonly #due = new Map<ProbeQuestion, number>();
  #failed = false;

  constructor(options: PlaceOptions) {
    this.#options = options;
  }

  /** Ends when the signal aborts. */
  async run(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      await this.once(stopping);
      const nowMs = this.#options.clock.now();
      const nextMs = Math.min(...this.#options.questions.map((one) => this.#dueOf(one)));
      await this.#options.clock.sleep(Math.max(nextMs - nowMs, 100), stopping);
    }
  }

  /** Asks what is due, if this process holds the place. */
  async once(stopping: AbortSignal): Promise<void> {
    const { store, clock, owner, name, logger, questions } = this.#options;
    const begunMs = clock.now();
    const due = questions.filter((one) => this.#dueOf(one) <= begunMs);
    try {
      const lease = await acquireLease(store, { name: `probe ${name}`, owner, ttlMs: this.#ttlMs });
      if (lease === undefined) this.#wait(due, begunMs);
      else await this.#ask(due, lease, stopping);
      this.#failed = false;
    } catch (err) {
      if (!this.#failed) logger.warn({ err, place: name }, "probing failed; it is tried again");
      this.#failed = true;
      this.#wait(due, begunMs);
    }
  }

  get #ttlMs(): number {
    return (
      Math.max(...this.#options.questions.map(({ service }) => service.everyMs)) + leaseSlackMs
    );
  }

  #dueOf(question: ProbeQuestion): number {
    return this.#due.get(question) ?? 0;
  }

  #wait(questions: readonly ProbeQuestion[], nowMs: number): void {
    for (const one of questions) this.#due.set(one, nowMs + Math.min(againMs, one.service.everyMs));
  }

  async #ask(due: readonly ProbeQuestion[], lease: Lease, stopping: AbortSignal): Promise<void> {
    const round = hostRound(this.#options.engine);
    const leading = due.filter(({ leads }) => leads === true);
    for (const one of leading) await this.#askOne(one, { round, lease });
    const isAway = leading.some((one) => this.#away.has(one));
    const others = due.filter((one) => !leading.includes(one));
    const queue = others.values();
    const ask = async (): Promise<void> => {
      for (const one of queue) {
        if (stopping.aborted) return;
        if (isAway) this.#skip(one);
        else await this.#askOne(one, { round, lease });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, ask));
  }

  /** The questions whose last answer was not fine. */
  readonly #away = new Set<ProbeQuestion>();

  #skip(question: ProbeQuestion): void {
    const { onAnswer, clock } = this.#options;
    const answer = { status: "unasked", reason: "the container engine does not answer" } as const;
    onAnswer(question, { answer });
    this.#due.set(question, clock.now() + Math.min(againMs, question.service.everyMs));
  }

  async #askOne(question: ProbeQuestion, { round, lease }: Asking): Promise<void> {
    const { store, clock, onAnswer, questionsOf } = this.#options;
    const { subject, everyMs } = question.service;
    const begunMs = clock.now();
    const known = await watchOf(store, subject);
    const look = await question.look({ nowMs: begunMs, seen: known.seen, round });
    onAnswer(question, look);
    if (look.answer.status === "fine") this.#away.delete(question);
    else this.#away.add(question);
    const questions = questionsOf(question);
    const taken = { question, look, questions, lease, ttlMs: this.#ttlMs };
    const followed = await recordLook(this.#options, taken, known);
    const standing = followed?.watch.standings?.[question.id];
    const isSoon = standing !== undefined && isUndecided(standing);
    this.#due.set(question, begunMs + (isSoon ? Math.min(againMs, everyMs) : everyMs));
    if (followed?.event !== undefined) this.#log(question, followed.event);
  }

  #log({ id, service: { subject } }: ProbeQuestion, event: NonNullable<Followed["event"]>): void {
    const { logger } = this.#options;
    const about = { service: subject.name, probe: id };
    if (event.type === "episode_closed") logger.info(about, "a service is fine again");
    else
      logger.info({ ...about, kind: event.kind, severity: event.severity }, "a service is broken");
  }
}

interface Asking {
  readonly round: HostRound;
  readonly lease: Lease;
}
