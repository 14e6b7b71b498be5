/**
 * Tells whether people edited a ticket: its text differs from what the tracker returned after our last write.
 *
 * The last write may be one whose answer nobody got, or whose process died before it stored the answer. The effect
 * remembers the hashes of what its attempts were about to write, so such a text is ours too.
 */
import { createHash } from "node:crypto";
import type { WrittenText } from "../incidents/incident.ts";
import type { Issue } from "./tracker.ts";

export type WrittenPart = keyof WrittenText;

/** What is known of our own texts. */
export interface OwnTexts {
  /** Unknown where an older program wrote the ticket: it is left as people may have made it. */
  readonly written?: WrittenText | undefined;
  /** Hashes of what attempts without an outcome were about to write. */
  readonly mayHaveWritten?: readonly string[] | undefined;
}

export function writtenText({ summary, description }: Issue): WrittenText {
  return { summary: textHash(summary), description: textHash(description) };
}

export function isEdited(issue: Issue, part: WrittenPart, own: OwnTexts): boolean {
  const hash = textHash(issue[part]);
  return hash !== own.written?.[part] && own.mayHaveWritten?.includes(hash) !== true;
}

/** Trackers may change the ends of lines and of the text, and people do not see it. */
export function textHash(text: string): string {
  const plain = text.replaceAll(/[^\S\n]*\r?\n/g, "\n").trim();
  return createHash("sha256").update(plain).digest("hex").slice(0, 16);
}
