/** Tells whether people edited a ticket: its text differs from what the tracker returned after our last write. */
import { createHash } from "node:crypto";
import type { WrittenText } from "../incidents/incident.ts";
import type { Issue } from "./tracker.ts";

export type WrittenPart = keyof WrittenText;

export function writtenText({ summary, description }: Issue): WrittenText {
  return { summary: hashOf(summary), description: hashOf(description) };
}

/** @param written unknown where an older program wrote the ticket: it is left as people may have made it */
export function isEdited(
  issue: Issue,
  part: WrittenPart,
  written: WrittenText | undefined,
): boolean {
  return written === undefined || hashOf(issue[part]) !== written[part];
}

/** Trackers may change the ends of lines and of the text, and people do not see it. */
function hashOf(text: string): string {
  const plain = text.replaceAll(/[^\S\n]*\r?\n/g, "\n").trim();
  return createHash("sha256").update(plain).digest("hex").slice(0, 16);
}
