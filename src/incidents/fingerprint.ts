/** The fingerprint of an incident. At most one open incident has a fingerprint. */
import { createHash } from "node:crypto";
import { digestText, overflowText, type Scope, type Subject, subjectText } from "./subject.ts";

/**
 * The first 20 hex digits of sha256 over the subject's text. The text holds the environment, so test and production
 * never share a ticket. It does not hold the feature, so one fault gives one incident.
 */
export function fingerprint(subject: Subject): string {
  return hashOf(subjectText(subject));
}

/** Fingerprint of the digest of missed episodes: one for each scope. */
export function digestFingerprint(scope: Scope): string {
  return hashOf(digestText(scope));
}

/** Fingerprint of the overflow, the digest of incidents beyond the budget of new tickets: one for each scope. */
export function overflowFingerprint(scope: Scope): string {
  return hashOf(overflowText(scope));
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 20);
}
