/**
 * Tells whether people edited a ticket: its text differs from what the tracker returned after our last write.
 *
 * The last write may be one whose answer nobody got, or whose process died before it stored the answer. The effect
 * remembers the hashes of what its attempts were about to write, so such a text is ours too.
 */
import { createHash } from "node:crypto";
import type { FieldValue } from "../field-template.ts";
import type { WrittenText } from "../incidents/incident.ts";
import type { RouteKeys } from "./route.ts";
import type { Issue } from "./tracker.ts";

export type WrittenPart = "summary" | "description";
/** The values that a route keeps up to date, by the ids of their fields. */
export type KeptFields = NonNullable<RouteKeys["kept"]>;

/** What is known of our own texts. */
export interface OwnTexts {
  /** Unknown where an older program wrote the ticket. Its text is left, because people may have edited it. */
  readonly written?: WrittenText | undefined;
  /** Hashes of what attempts without an outcome were about to write. */
  readonly mayHaveWritten?: readonly string[] | undefined;
}

export function writtenText(
  { summary, description, fields = {} }: Issue,
  kept: KeptFields = {},
): WrittenText {
  const ids = Object.entries(kept);
  const hashes = ids.map(([id, value]) => [id, fieldHash(fields[id], value)]);
  return {
    summary: textHash(summary),
    description: textHash(description),
    ...(ids.length > 0 && { fields: Object.fromEntries(hashes) }),
  };
}

export function isEdited(issue: Issue, part: WrittenPart, own: OwnTexts): boolean {
  const hash = textHash(issue[part]);
  return hash !== own.written?.[part] && own.mayHaveWritten?.includes(hash) !== true;
}

/** A field that the ticket did not get when it was opened is left to people. */
export function isFieldEdited(
  stored: unknown,
  { id, wanted }: { readonly id: string; readonly wanted: FieldValue },
  own: OwnTexts,
): boolean {
  const hash = fieldHash(stored, wanted);
  const ours = own.written?.fields?.[id];
  return ours === undefined || (hash !== ours && own.mayHaveWritten?.includes(hash) !== true);
}

/**
 * Trackers return more of a value than was sent, such as the id of an option. Only what the wanted value names is
 * compared.
 */
export function fieldHash(stored: unknown, wanted: FieldValue): string {
  return textHash(JSON.stringify(named(stored, wanted)));
}

function named(stored: unknown, wanted: unknown): unknown {
  if (typeof stored === "string") return stored.replaceAll("\r\n", "\n").trim();
  if (Array.isArray(stored))
    return stored.map((item, at) => named(item, Array.isArray(wanted) ? wanted[at] : undefined));
  if (!isRecord(stored) || !isRecord(wanted)) return stored ?? null;
  return Object.fromEntries(
    Object.keys(wanted).map((key) => [key, named(stored[key], wanted[key])]),
  );
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Trackers may change the ends of lines and of the text, and people do not see it. */
export function textHash(text: string): string {
  const plain = text.replaceAll(/[^\S\n]*\r?\n/g, "\n").trim();
  return createHash("sha256").update(plain).digest("hex").slice(0, 16);
}
