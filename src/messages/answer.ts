/** The answer to a command, the same for every door. */
import type { MessageSection } from "./message.ts";

export interface CommandAnswer {
  /** Whether all commands of the message are done: none was refused, and none asks for confirmation. */
  readonly done: boolean;
  /** Code of the reason why the message is not done; null when it is done. */
  readonly code: string | null;
  /** One section for each command. No line begins with a command. */
  readonly says: readonly MessageSection[];
}
