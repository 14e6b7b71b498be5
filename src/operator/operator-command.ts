/** The contract of what the operator of the machine can ask for on the command line. */
import type { z } from "zod";

/**
 * One command of the machine's operator. It reads no arguments of the process and prints nothing.
 *
 * A request that cannot be carried out is an answer with a reason, not an error. The command line words it.
 */
export interface OperatorCommand<Arguments extends z.ZodType, Needs, Answer> {
  /** As it is called: `marker`, `audit verify`. */
  readonly words: string;
  /** What it does, in one line. */
  readonly help: string;
  /** The message of a refinement follows the name of the value (`is no time`). `params.hint` says what to write. */
  readonly arguments: Arguments;
  /** @param needs what it works on: the store, the stream, the moment */
  handle(asked: z.output<Arguments>, needs: Needs): Promise<Answer>;
}
