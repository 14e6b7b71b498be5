/** The answer to a command, the same for every door. */
import type { MessageSection } from "./message.ts";

export interface CommandAnswer {
  /** Whether everything that was asked for is done. A question and a refusal are not. */
  readonly done: boolean;
  /** Why not, in one word; null when it is done. */
  readonly code: string | null;
  /** One section for each command. No line of it begins like a command. */
  readonly says: readonly MessageSection[];
}
