/** `workaround`: records how people avoid the fault until it is repaired. */
import { line } from "../messages/message.ts";
import { remarkCommand } from "./remark.ts";

export const workaround = remarkCommand({
  word: "workaround",
  help: "say how people get by meanwhile",
  text: "the workaround",
  answer: (by) => line`Noted, ${by}. The ticket shows it at the top.`,
});
