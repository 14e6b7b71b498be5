/** The answer to a command, the same for every door. */
import type { MessageSection } from "./message.ts";

export interface CommandAnswer {
  /** Whether all commands of the message are done: none was refused, and none asks for confirmation. */
  readonly done: boolean;
  /** Why not, in one word; null when it is done. */
  readonly code: string | null;
  /** One section for each command. No line begins like a command. */
  readonly says: readonly MessageSection[];
}
