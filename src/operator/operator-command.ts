/** The contract of what the operator of the machine can ask for on the command line. */
import type { z } from "zod";

/**
 * One command of the machine's operator. It reads no arguments of the process and prints nothing.
 *
 * What cannot be done as asked is an answer with its reason, not an error: the command line says it in its own terms.
 */
export interface OperatorCommand<Arguments extends z.ZodType, Needs, Answer> {
  /** As it is called: `marker`, `audit verify`. */
  readonly words: string;
  /** What it does, in one line. */
  readonly help: string;
  /** A refinement says what is wrong after the value's name, and its `params.hint` says what is right. */
  readonly arguments: Arguments;
  /** @param needs what it works on: the store, the stream, the moment */
  handle(asked: z.output<Arguments>, needs: Needs): Promise<Answer>;
}
