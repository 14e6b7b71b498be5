/** Reads what people say on tickets, in one process at a time, and has their answers written there. */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { TicketDoor } from "./door.ts";
import { TrackerError } from "./errors.ts";

export interface ListeningOptions {
  readonly door: Pick<TicketDoor, "look">;
  /** Whether this process is the one that reads, and the tracker is not known to be away. */
  readonly mayLook: () => Promise<boolean>;
  /** Promises the answers that wait. */
  readonly answer: () => Promise<void>;
  /** Calls back when people were answered. @returns stops that */
  readonly onAnswers: (heard: () => void) => () => void;
  readonly clock: Clock;
  readonly logger: Logger;
}

const everyMs = 10_000;
/** A lost notification is made up for after so long. */
const answersMs = 10_000;

/** Reads comments until the signal aborts. */
export async function listenToTickets(
  { door, mayLook, clock, logger }: ListeningOptions,
  stopping: AbortSignal,
): Promise<void> {
  let failed = false;
  while (!stopping.aborted) {
    let pauseMs = everyMs;
    try {
      if (await mayLook()) await door.look();
      failed = false;
    } catch (err) {
      if (!failed) logger.warn({ err }, "reading comments failed; it is tried again");
      failed = true;
      // As long as the tracker asks us to wait.
      if (err instanceof TrackerError) pauseMs = Math.max(pauseMs, err.retryAfterMs ?? 0);
    }
    await clock.sleep(pauseMs, stopping);
  }
}

/** Has answers said until the signal aborts: at once, in every process. */
export async function answerOnTickets(
  { answer, onAnswers, clock, logger }: ListeningOptions,
  stopping: AbortSignal,
): Promise<void> {
  let wake = new AbortController();
  const deaf = onAnswers(() => wake.abort());
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
  deaf();
}
