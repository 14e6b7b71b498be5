/** The contract of a command: something that a person can ask for. A door passes the words in and shows the answer. */
import type { z } from "zod";

/**
 * One command, whatever door it is asked for by. It reads no arguments of the process and prints nothing.
 *
 * What cannot be done as asked is an answer with its reason, not an error: each door says it in its own terms.
 */
export interface Command<Arguments extends z.ZodType, Needs, Answer> {
  /** As it is called: `marker`, `audit verify`. */
  readonly words: string;
  /** What it does, in one line. */
  readonly help: string;
  /** A refinement says what is wrong after the value's name, and its `params.hint` says what is right. */
  readonly arguments: Arguments;
  /** @param needs what it works on: the store, the stream, the moment */
  handle(asked: z.output<Arguments>, needs: Needs): Promise<Answer>;
}
