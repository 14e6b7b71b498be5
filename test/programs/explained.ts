/** What a long run has told, in the message of its error: lists of failures show no causes. */
import { messageOf } from "../../src/errors.ts";

/** @param told grows while the work goes on */
export async function explained<Result>(
  told: readonly string[],
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    throw new Error(`${messageOf(cause)}\nafter:\n${told.join("\n")}`, { cause });
  }
}
