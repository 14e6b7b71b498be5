/** A ticket as people read it in a terminal. */
import { plainText, plainWidth } from "../messages/plain-text.ts";
import { lengthOf } from "../messages/text.ts";
import type { NewIssue } from "./tracker.ts";

export function plainTicket({ summary, priority, labels, description }: NewIssue): string {
  const rule = "─".repeat(Math.min(plainWidth, lengthOf(summary)));
  const sortedBy = priority === undefined ? "" : `Priority ${priority} · `;
  return [summary, rule, `${sortedBy}Labels ${labels.join(" ")}`, "", plainText(description)].join(
    "\n",
  );
}
