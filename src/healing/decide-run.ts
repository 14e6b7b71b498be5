/** Turns the answer of the gates into the run that is written down. Pure. */
import { createHash } from "node:crypto";
import type { Target } from "../../remediations/remediation.ts";
import type { Incident } from "../incidents/incident.ts";
import { subjectText } from "../incidents/subject.ts";
import type { Run } from "../store/runs/run.ts";
import type { Fix } from "./fix.ts";
import type { FactsAtHand, HistoryFacts } from "./gates/gate-facts.ts";
import { gates, judgeAll } from "./gates/gates.ts";
import { freezeOf } from "./gather.ts";

/** What an incident asks for. */
export interface RunRequest {
  readonly fix: string;
  readonly episode: string;
  /** The model was asked again, and this is how new its rows were then, ms since 1970. */
  readonly newestRowMs?: number | undefined;
}

/** A requested run, with everything that is known of it but its history. */
export interface Proposal {
  readonly id: string;
  readonly fix: Fix;
  readonly incident: Incident;
  readonly facts: FactsAtHand;
  /** Undefined when nobody was, or could be, asked. */
  readonly targets: readonly Target[] | undefined;
  /** Why nobody could be asked for a target, now or before; undefined when somebody could. */
  readonly resolveError: string | undefined;
}

/** The same fix for the same episode is the same run, however often it is tried. */
export function runId({ fix, episode }: RunRequest): string {
  return createHash("sha256").update(`${fix}\n${episode}`).digest("hex").slice(0, 20);
}

/**
 * Asks every gate.
 *
 * @returns a run that is `denied` by the first gate that denies; else `acting`, or `observed` in mode observe
 */
export function decideRun(proposal: Proposal, history: HistoryFacts): Run {
  const { fix, targets, facts, resolveError } = proposal;
  const { nowMs } = facts;
  const decision = judgeAll(gates, {
    ...facts,
    ...frozenNow(proposal, history),
    ...history,
    targets,
  });
  const run = newRun(proposal);
  if (!decision.allow) {
    const { gate, reason, retry } = decision;
    const detail =
      resolveError === undefined ? reason : `${reason} It could not be asked for: ${resolveError}`;
    const retryAtMs = retry === "later" ? nowMs + laterMs(proposal) : (retry ?? null);
    return { ...run, status: "denied", gate, detail, retryAtMs, finishedAtMs: nowMs };
  }
  const act = `${fix.remediation} on ${run.targetName ?? "nothing"}`;
  if (fix.mode === "auto") return { ...run, status: "acting", detail: `${act} was decided` };
  return { ...run, status: "observed", detail: `${act} would have run`, finishedAtMs: nowMs };
}

/** A person may have silenced the incident while the target was asked for. */
function frozenNow(
  { facts, incident }: Proposal,
  { silence }: HistoryFacts,
): Pick<FactsAtHand, "freeze"> {
  if (silence === undefined) return { freeze: facts.freeze };
  return {
    freeze: silence === null ? undefined : freezeOf(silence, incident.episode, facts.nowMs),
  };
}

const soonestMs = 60_000;
const latestMs = 30 * 60_000;

/** When nobody knows how long a reason lasts, the pause grows with the age of the episode. */
function laterMs({ incident, facts }: Proposal): number {
  const ageMs = facts.nowMs - incident.episode.at / 1000;
  return Math.min(Math.max(ageMs / 2, soonestMs), latestMs);
}

function subjectOfRun({ subject }: Incident): Pick<Run, "subject" | "model"> {
  const model = subject.kind === "model" ? subject.key : null;
  return { subject: subjectText(subject), model };
}

function newRun({ id, fix, incident, facts, targets }: Proposal): Omit<Run, "status" | "detail"> {
  const target = targets?.[0];
  return {
    id,
    fix: fix.name,
    remediation: fix.remediation,
    incident: incident.id,
    ...subjectOfRun(incident),
    mode: fix.mode,
    targetId: target?.id ?? null,
    targetName: target?.name ?? null,
    host: target?.host ?? null,
    snapshot: target?.snapshot ?? null,
    gate: null,
    retryAtMs: null,
    decidedAtMs: facts.nowMs,
    actedAtMs: null,
    finishedAtMs: null,
    after: null,
    outcome: null,
  };
}
