/** `impact`: records whom the incident affects, and how. */
import { line } from "../messages/message.ts";
import { remarkCommand } from "./remark.ts";

export const impact = remarkCommand({
  word: "impact",
  help: "say whom it hurts, and how",
  text: "the impact",
  answer: (by) => line`Noted, ${by}. The ticket says it as the impact.`,
});
