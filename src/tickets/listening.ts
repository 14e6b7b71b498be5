/** Reads what people say on tickets, in one process at a time, and has their answers written there. */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { messageOf } from "../errors.ts";
import type { TicketDoor } from "./door.ts";
import { TrackerError } from "./errors.ts";

export interface ListeningOptions {
  readonly door: Pick<TicketDoor, "look" | "hint" | "lookAtHints" | "hasHints" | "forgetHints">;
  /** Whether this process is the one that reads, and the tracker is not known to be unavailable. */
  readonly mayLook: () => Promise<boolean>;
  /** Calls back with tickets on which something happened. Default: never. @returns stops that */
  readonly onHint?: (hinted: (ticket: string) => void) => () => void;
  /** Promises the answers that wait. */
  readonly answer: () => Promise<void>;
  /** Calls back when people were answered. @returns stops that */
  readonly onAnswers: (answered: () => void) => () => void;
  /** Called after each look, with why it failed; undefined when it did not. */
  readonly onLook?: (reason: string | undefined) => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

const everyMs = 10_000;
/** After a look that took longer. Hints are read in it. */
const leastPauseMs = 2000;
/** Hints are gathered for this time, so they cause at most one look a second. */
const gatherMs = 1000;
/** Answers are also promised this often, because a notification may be lost. */
const answersMs = 10_000;

/** Reads comments until the signal aborts. */
export async function listenToTickets(
  options: ListeningOptions,
  stopping: AbortSignal,
): Promise<void> {
  const { door, clock, onHint } = options;
  let wake = new AbortController();
  const unsubscribe = onHint?.((ticket) => {
    door.hint(ticket);
    wake.abort();
  });
  const looks = new Looks(options);
  while (!stopping.aborted) {
    const pauseMs = await looks.look(() => door.look());
    const untilMs = clock.now() + pauseMs;
    // When the clock was set back, more than the whole pause seems to be left. Then the next look is due.
    const isPause = (leftMs: number): boolean => leftMs > 0 && leftMs <= pauseMs;
    while (!stopping.aborted && isPause(untilMs - clock.now())) {
      if (door.hasHints && !looks.waits) {
        await clock.sleep(gatherMs, stopping);
        await looks.look(() => door.lookAtHints());
        continue;
      }
      wake = new AbortController();
      const woken = looks.waits ? stopping : AbortSignal.any([wake.signal, stopping]);
      await clock.sleep(untilMs - clock.now(), woken);
    }
  }
  unsubscribe?.();
}

/** Looks if this process may, and logs once when looks fail. */
class Looks {
  readonly #options: ListeningOptions;
  #failed = false;
  /** Until when the tracker asks us to wait, ms since 1970. */
  #untilMs = -Infinity;

  constructor(options: ListeningOptions) {
    this.#options = options;
  }

  get waits(): boolean {
    return this.#options.clock.now() < this.#untilMs;
  }

  /** @returns how long until the next regular one, ms: counted from the start of this one, with a pause between them */
  async look(look: () => Promise<void>): Promise<number> {
    const { door, mayLook, onLook, logger, clock } = this.#options;
    const startedMs = clock.now();
    try {
      if (await mayLook()) await look();
      else door.forgetHints();
      onLook?.(undefined);
      this.#failed = false;
      this.#untilMs = -Infinity;
    } catch (err) {
      if (!this.#failed) logger.warn({ err }, "reading comments failed; it is tried again");
      onLook?.(`comments are not read: ${messageOf(err)}`);
      this.#failed = true;
      const waitMs = err instanceof TrackerError ? (err.retryAfterMs ?? 0) : 0;
      this.#untilMs = clock.now() + waitMs;
      return Math.max(everyMs, waitMs);
    }
    return Math.min(everyMs, Math.max(startedMs + everyMs - clock.now(), leastPauseMs));
  }
}

/** Promises answers until the signal aborts: at once after a notification, in every process. */
export async function answerOnTickets(
  { answer, onAnswers, clock, logger }: ListeningOptions,
  stopping: AbortSignal,
): Promise<void> {
  let wake = new AbortController();
  const unsubscribe = onAnswers(() => wake.abort());
  let failed = false;
  while (!stopping.aborted) {
    wake = new AbortController();
    try {
      await answer();
      failed = false;
    } catch (err) {
      if (!failed) logger.warn({ err }, "promising answers failed; it is tried again");
      failed = true;
    }
    await clock.sleep(answersMs, AbortSignal.any([wake.signal, stopping]));
  }
  unsubscribe();
}
