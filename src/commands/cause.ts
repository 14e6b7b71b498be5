/** `cause`: records the cause of the fault. People give incidents with the same cause the same KEY. */
import { line } from "../messages/message.ts";
import { remarkCommand } from "./remark.ts";

export const cause = remarkCommand({
  word: "cause",
  usage: "[KEY:] TEXT",
  help: "say what broke it; KEY is the same for the same cause",
  text: "the cause",
  answer: (by) => line`Noted, ${by}: that is the cause from now on. The ticket says so.`,
});
