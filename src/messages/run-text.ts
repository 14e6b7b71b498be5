/** The text about one attempt of a fix. */
import type { RunSummary } from "../incidents/incident.ts";
import { data, type Line, line, strong, words } from "./message.ts";
import { unansweredText } from "./proposal-text.ts";
import { readTime } from "./text.ts";

const statusWords = {
  observed: "would have run (its mode is observe)",
  denied: "was refused",
  proposed: "waits for a person's word",
  declined: "was refused by a person",
  void: "was not done",
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
  const gate = run.gate === undefined || run.status === "void" ? [] : line` by ${run.gate}`;
  const outcome = run.outcome === undefined ? [] : words(outcomeWords[run.outcome]);
  const twice = run.opensBreaker === true ? words(", as the run before; the next one asks") : [];
  const what = line`${namedRun(run)}${askedForBy(run)} ${words(statusWords[run.status])}${gate}${approvedBy(run)}${outcome}${twice}`;
  const next = run.status === "void" ? againText(run) : whatNext(run);
  return line`${what}: ${data(run.detail, 600)}${next}`;
}

/** A person asked for it; of what waits, the proposal says so. */
function askedForBy({ wish }: RunSummary): Line {
  return wish === undefined ? [] : words(`, asked for by ${wish.by},`);
}

/** On whose word it happened. */
function approvedBy({ status, proposal }: RunSummary): Line {
  if (proposal?.approved !== true || status === "proposed" || status === "void") return [];
  return words(`, approved by ${[...new Set(proposal.said.map(({ by }) => by))].join(" and ")}`);
}

/** A void proposal can be made again. */
function againText({ proposal }: RunSummary): Line {
  if (proposal !== undefined) return line` ${unansweredText(proposal)}`;
  return line` ${strong(words("dw approve"))} asks again with fresh facts.`;
}

/** Whether a refusal is for now or for good. */
function whatNext({ status, retryAtMs, wish, fix }: RunSummary): Line {
  if (status !== "denied") return [];
  if (wish !== undefined) return line` ${strong(words(`dw restart ${fix}`))} asks again.`;
  return retryAtMs === undefined
    ? words(" It will not be tried again for this.")
    : words(` It is tried again at ${readTime(retryAtMs)}, if this still goes on.`);
}

/** `restart-svc (restart-container on my-service)` */
export function namedRun({ fix, remediation, target }: RunSummary): Line {
  const on = target === undefined ? [] : line` on ${target}`;
  return line`${strong(fix)} (${remediation}${on})`;
}
