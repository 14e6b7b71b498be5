/** The text about one attempt of a fix. */
import type { RunSummary } from "../incidents/incident.ts";
import { data, type Line, line, strong, words } from "./message.ts";
import { readTime } from "./text.ts";

const statusWords = {
  observed: "would have run (its mode is observe)",
  denied: "was refused",
  acting: "is running",
  acted: "ran",
  failed: "failed",
  unknown: "may or may not have run",
} as const satisfies Record<RunSummary["status"], string>;

const outcomeWords = {
  recovered: "; it helped",
  not_recovered: "; it did not help",
  inconclusive: "; whether it helped cannot be told",
  failed: "; it failed",
  unknown: "; its outcome is unknown",
} as const satisfies Record<NonNullable<RunSummary["outcome"]>, string>;

/** `restart-svc (restart-container on my-service) was refused by budget: 3 of 3 runs in 24h are used.` */
export function describeRun(run: RunSummary): Line {
  const gate = run.gate === undefined ? [] : line` by ${run.gate}`;
  const outcome = run.outcome === undefined ? [] : words(outcomeWords[run.outcome]);
  const what = line`${namedRun(run)} ${words(statusWords[run.status])}${gate}${outcome}`;
  return line`${what}: ${data(run.detail, 600)}${words(whatNext(run))}`;
}

/** Whether a refusal is for now or for good. */
function whatNext({ status, retryAtMs }: RunSummary): string {
  if (status !== "denied") return "";
  return retryAtMs === undefined
    ? " It will not be tried again for this."
    : ` It is tried again at ${readTime(retryAtMs)}, if this still goes on.`;
}

/** `restart-svc (restart-container on my-service)` */
export function namedRun({ fix, remediation, target }: RunSummary): Line {
  const on = target === undefined ? [] : line` on ${target}`;
  return line`${strong(fix)} (${remediation}${on})`;
}
