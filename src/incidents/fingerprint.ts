/** The identity of an incident: one open incident per fingerprint. */
import { createHash } from "node:crypto";
import { type ModelKey, modelKey, modelName } from "../stream/model-key.ts";

/**
 * The first 20 hex digits of sha256 over the canonical subject. The environment is inside the model key, so test and
 * production never share a ticket; the feature is not, so one fault gives one incident.
 */
export function fingerprint(model: ModelKey): string {
  return hashOf(`model\n${model}`);
}

/** Of the summary of missed episodes: one for each tenant and environment. */
export function summaryFingerprint(model: ModelKey): string {
  const { tenant, environment } = modelName(model);
  return hashOf(`missed\n${modelKey({ tenant, environment, source: "", model: "" })}`);
}

function hashOf(subject: string): string {
  return createHash("sha256").update(subject).digest("hex").slice(0, 20);
}
