/** Stores a command and waits for the daemon's answer. HTTP and the command line use it, because people wait there. */
import type { Clock } from "../../clock.ts";
import type { Store } from "../store.ts";
import {
  type AnsweredCommand,
  answerOf,
  answersCarried,
  commandId,
  insertCommand,
  type NewCommand,
} from "./command.ts";

export interface AwaitOptions {
  readonly clock: Clock;
  readonly waitMs: number;
}

/** Longest pause between two reads of the answer, in case a notification is lost. */
const lookEveryMs = 1000;

/**
 * A message that is stored already is not carried out again. Its first answer is returned.
 *
 * @returns undefined when no answer is stored in time. The command stays stored and is carried out later.
 */
export async function handInAndWait<Answer>(
  store: Store,
  command: NewCommand,
  { clock, waitMs }: AwaitOptions,
): Promise<AnsweredCommand<Answer> | undefined> {
  const id = commandId(command);
  let heard = new AbortController();
  const deaf = store.listen("commands", () => heard.abort());
  try {
    await insertCommand(store, command, clock.now());
    const untilMs = clock.now() + waitMs;
    for (;;) {
      heard = new AbortController();
      const answered = await answerOf<Answer>(store, id);
      const leftMs = untilMs - clock.now();
      if (answered !== undefined) {
        await answersCarried(store, [id]);
        return answered;
      }
      if (leftMs <= 0) return undefined;
      await clock.sleep(Math.min(lookEveryMs, leftMs), heard.signal);
    }
  } finally {
    deaf();
  }
}
