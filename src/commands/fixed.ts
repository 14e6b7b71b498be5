/** `fixed`: records what repaired the fault. */
import { line } from "../messages/message.ts";
import { remarkCommand } from "./remark.ts";

export const fixed = remarkCommand({
  word: "fixed",
  help: "say what repaired it",
  text: "the repair",
  answer: (by) =>
    line`Noted, ${by}. Whether it is back to normal is judged by its own data; the ticket stays open until then.`,
});
