/** `note`: adds a text to the timeline. */
import { line } from "../messages/message.ts";
import { remarkCommand } from "./remark.ts";

export const note = remarkCommand({
  word: "note",
  help: "add a sentence to the timeline",
  text: "the text",
  answer: (by) => line`Noted, ${by}. It stands in the timeline of the ticket.`,
});
