/** The text about one attempt of a fix. */
import type { RunSummary } from "../incidents/incident.ts";
import type { AnsweredProposal } from "../incidents/proposal.ts";
import { data, type Line, line, strong, words } from "./message.ts";
import { unansweredText } from "./proposal-text.ts";
import { isWorseSince, worseText } from "./repair-text.ts";
import { readTime } from "./text.ts";

export const statusWords = {
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

export const outcomeWords = {
  recovered: "; it helped",
  not_recovered: "; it did not help",
  inconclusive: "; whether it helped cannot be told",
  failed: "; it failed",
  unknown: "; its outcome is unknown",
} as const satisfies Record<NonNullable<RunSummary["outcome"]>, string>;

/** `restart-svc (restart-container on my-service) was refused by budget: 3 of 3 runs in 24h are used.` */
export function describeRun(run: RunSummary): Line {
  if (run.status === "proposed" && run.proposal !== undefined) return waiting(run, run.proposal);
  const outcome = run.outcome === undefined ? [] : words(outcomeWords[run.outcome]);
  const worse = isWorseSince(run) ? line`; since then it is worse (${worseText(run)})` : [];
  const twice = run.opensBreaker === true ? words(", as the run before; the next one asks") : [];
  const what = line`${namedRun(run)}${askedForBy(run)} ${words(statusWords[run.status])}${refusedBy(run)}${approvedBy(run)}${outcome}${twice}${worse}`;
  const next = run.status === "void" ? againText(run) : whatNext(run);
  return line`${what}: ${data(run.detail, 600)}${next}`;
}

/** The text on a waiting run. The section of the proposal has its act and its facts. */
function waiting(run: RunSummary, { id, untilMs }: AnsweredProposal): Line {
  return line`${namedRun(run)}${askedForBy(run)} ${words(`${statusWords.proposed} as ${id}, until ${readTime(untilMs)}.`)}`;
}

/** The gate that denied the run. */
function refusedBy({ gate, status }: RunSummary): Line {
  if (gate === undefined || status === "void") return [];
  return line` by ${gate}`;
}

/** The person who asked for the run, if one did. */
function askedForBy({ wish }: RunSummary): Line {
  return wish === undefined ? [] : words(`, asked for by ${wish.by},`);
}

/** The people who approved the run, if it needed that. */
function approvedBy({ status, proposal }: RunSummary): Line {
  if (proposal?.approved !== true || status === "proposed" || status === "void") return [];
  return words(`, approved by ${[...new Set(proposal.said.map(({ by }) => by))].join(" and ")}`);
}

/** A void proposal can be made again. */
function againText({ proposal }: RunSummary): Line {
  if (proposal !== undefined) return line` ${unansweredText(proposal)}`;
  return line` ${strong(words("dw approve"))} asks again with fresh facts.`;
}

/** The text after a denial: when the run is tried again, or which command a person can give. */
function whatNext({ status, gate, retryAtMs, wish, fix }: RunSummary): Line {
  if (status !== "denied") return [];
  // A person can approve every tier except `never`.
  if (gate === "refused" || (gate === "tier" && wish !== undefined))
    return words(" No word changes that.");
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
