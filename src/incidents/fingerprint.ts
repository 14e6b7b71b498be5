/** The identity of an incident: one open incident per fingerprint. */
import { createHash } from "node:crypto";
import type { ModelKey } from "../stream/model-key.ts";

/**
 * The first 20 hex digits of sha256 over the canonical subject. The environment is inside the model key, so test and
 * production never share a ticket; the feature is not, so one fault gives one incident.
 */
export function fingerprint(model: ModelKey): string {
  return createHash("sha256").update(`model\n${model}`).digest("hex").slice(0, 20);
}
