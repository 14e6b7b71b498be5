/** Turns the decision of the gates into the run that is stored. Pure. */
import { createHash } from "node:crypto";
import type { Plan, Target } from "../../remediations/remediation.ts";
import { isInForce } from "../incidents/freeze.ts";
import type { Incident } from "../incidents/incident.ts";
import { fitsMatchers } from "../incidents/matchers.ts";
import type { Proposal, ProposedAct, RunWish } from "../incidents/proposal.ts";
import { subjectText } from "../incidents/subject.ts";
import type { Run } from "../store/runs/run.ts";
import type { Fix } from "./fix.ts";
import type { FactsAtHand, HistoryFacts, Hold } from "./gates/gate-facts.ts";
import { answersOf, type Decision, gates, judgeAll } from "./gates/gates.ts";
import { freezeOf, windowsFor } from "./gather.ts";
import { actOn, defaultApproval, propose } from "./proposing.ts";
import { areOne, decidedTargets, nameOfTargets } from "./replicas.ts";

/** A request for a run: an incident matches a fix, or a person asks for it. */
export interface RunRequest {
  readonly fix: string;
  readonly episode: string;
  /** Time of the model's newest row at the repeated question, ms since 1970. */
  readonly newestRowMs?: number | undefined;
  /** Id of the proposal that people have approved. */
  readonly approved?: string | undefined;
  /** A person wants a void run proposed again. */
  readonly again?: boolean | undefined;
  /** A person has asked for the run. */
  readonly wish?: RunWish | undefined;
}

/** What the act would do, and who may approve it. */
export interface AskingOf {
  readonly plan: (target: Target) => Plan;
  /** Names of some who may approve. */
  readonly canAnswer: readonly string[];
}

/** A requested run, with everything that is known of it except its history. */
export interface RequestedRun extends AskingOf {
  readonly id: string;
  readonly fix: Fix;
  readonly incident: Incident;
  readonly facts: FactsAtHand;
  /** Undefined when the engine was not asked, or did not answer. */
  readonly targets: readonly Target[] | undefined;
  /** Why the engine could not be asked for a target, now or at an earlier attempt; undefined when it answered. */
  readonly resolveError: string | undefined;
  /** A person has asked for it. Left out: the incident matches the fix. */
  readonly wish?: RunWish | undefined;
}

/**
 * The id of a run. All attempts of one fix for one episode share a run. Each command by which a person asks for the fix
 * gets its own run.
 */
export function runId({ fix, episode, wish }: RunRequest): string {
  const asked = wish === undefined ? "" : `\n${wish.command}`;
  return createHash("sha256").update(`${fix}\n${episode}${asked}`).digest("hex").slice(0, 20);
}

/**
 * Asks every gate.
 *
 * @returns a run that is `denied` by the first gate that denies; `proposed` when only approval is missing; `void` when
 *   its approval does not hold, or the rows behind a wish are too old; else `acting`. In mode observe: `observed`
 */
export function decideRun(requested: RequestedRun, history: HistoryFacts): Run {
  const { fix, targets, facts } = requested;
  const { nowMs } = facts;
  const act = actNow(requested);
  const known = { ...facts, ...heldNow(requested, history), ...history, act, targets };
  const decision = judgeAll(gates, known);
  const run = { ...newRun(requested), answers: answersOf(known) };
  if (!decision.allow) return notActing({ requested, history, act }, { run, decision });
  const does = `${fix.remediation} on ${run.targetName ?? "nothing"}`;
  if (fix.mode === "observe")
    return { ...run, status: "observed", detail: `${does} would have run`, finishedAtMs: nowMs };
  return { ...run, status: "acting", detail: `${does} was decided${onWhoseWord(history)}` };
}

function onWhoseWord({ answered }: HistoryFacts): string {
  return answered === undefined ? "" : `, approved as ${answered.id}`;
}

/** What the run would do to its one target, or to the replicas of its service. */
function actNow(requested: RequestedRun): ProposedAct | undefined {
  const { fix, incident, targets = [] } = requested;
  const [first, ...more] = targets;
  const plan = planOf(requested);
  if (first === undefined || plan === undefined) return undefined;
  const { name, remediation } = fix;
  return actOn([first, ...more], { fix: name, remediation, incident: incident.id, plan });
}

/** The plan for all targets; undefined where they are neither one target nor replicas of one service. */
export function planOf({
  targets = [],
  plan,
  wish,
}: Pick<RequestedRun, "targets" | "plan" | "wish">): Plan | undefined {
  const [first] = targets;
  if (first === undefined || !areOne(targets)) return undefined;
  if (targets.length === 1) return plan(first);
  const name = `each of the ${targets.length} replicas of ${nameOfTargets(targets) ?? first.name}`;
  const { does, parameters } = plan({ ...first, name });
  const [how, rest] =
    wish?.full === true
      ? ["all at once", "all at once"]
      : ["one by one", "one by one, each healthy before the next"];
  return { does: `${does}, ${rest}`, parameters: { ...parameters, replicas: how } };
}

interface JudgedRequest {
  readonly requested: RequestedRun;
  readonly history: HistoryFacts;
  readonly act: ProposedAct | undefined;
}

type Undecided = Omit<Run, "status" | "detail">;

interface NotAllowed {
  readonly run: Undecided;
  readonly decision: Extract<Decision, { allow: false }>;
}

function notActing(judged: JudgedRequest, denied: NotAllowed): Run {
  const { run, decision } = denied;
  const { gate, reason, retry } = decision;
  const { requested, act } = judged;
  if (retry === "word" && requested.fix.mode === "observe") {
    const finishedAtMs = requested.facts.nowMs;
    return { ...run, status: "observed", detail: `It would ask first. ${reason}`, finishedAtMs };
  }
  if (retry === "word" && act !== undefined)
    return proposed({ ...judged, act }, { run, because: gate === "breaker" ? reason : undefined });
  return ended(requested, denied);
}

function ended(
  requested: RequestedRun,
  { run, decision: { gate, reason, retry } }: NotAllowed,
): Run {
  const { resolveError, facts } = requested;
  const detail =
    resolveError === undefined ? reason : `${reason} It could not be asked for: ${resolveError}`;
  const over = { ...run, gate, detail, finishedAtMs: facts.nowMs };
  if (gate === "approval") return { ...over, status: "void" };
  // A denied wish is not retried. The person gets the denial as the answer, and would not expect a run later.
  if (requested.wish !== undefined)
    return { ...over, status: gate === "fresh" ? "void" : "denied", retryAtMs: null };
  const retryAtMs = retry === "later" ? facts.nowMs + laterMs(requested) : (retry ?? null);
  return { ...over, status: "denied", retryAtMs: retryAtMs === "word" ? null : retryAtMs };
}

/** What the act would do, and to which service. */
function asShown(
  requested: RequestedRun,
  { remediation }: ProposedAct,
): Pick<Proposal, "does" | "service"> {
  const service = requested.targets?.[0]?.service;
  const does = planOf(requested)?.does ?? remediation;
  return service === undefined ? { does } : { does, service };
}

function proposed(
  { requested, history, act }: JudgedRequest & { readonly act: ProposedAct },
  { run, because }: { readonly run: Undecided; readonly because: string | undefined },
): Run {
  const { id, fix, incident, facts, canAnswer, wish } = requested;
  const { nowMs, newestRowMs, cadenceMs } = facts;
  const proposal = propose({
    run: id,
    act,
    ...asShown(requested, act),
    nowMs,
    newestRowMs,
    cadenceMs,
    severity: incident.severity,
    settings: fix.approval ?? defaultApproval,
    canAnswer,
    ...(wish && { askedBy: wish.by }),
    before: history.before ?? { acted: 0, helped: 0 },
    taken: history.waiting ?? [],
    ...(because !== undefined && { because }),
  });
  const until = new Date(proposal.untilMs).toISOString();
  const detail = `${proposal.id} waits for a person's word until ${until}`;
  return { ...run, status: "proposed", detail, proposal };
}

/**
 * The freeze or silence that holds the run at the decision, and the maintenance windows that match. A person may have
 * declared a hold since the facts were read. If several hold it, the one that ends last is returned.
 */
export function heldNow(
  { facts, fix, incident, targets }: Pick<RequestedRun, "facts" | "fix" | "incident" | "targets">,
  { silence, freezes = [] }: Pick<HistoryFacts, "silence" | "freezes">,
): Pick<FactsAtHand, "freeze" | "maintenance"> {
  const { nowMs } = facts;
  const silent =
    silence === undefined ? facts.freeze : silence && freezeOf(silence, incident.episode, nowMs);
  const matching = freezes.filter(
    (one) => isInForce(one, nowMs) && fitsMatchers(one.matchers, incident, targets),
  );
  const [last] = [...(silent ? [silent] : []), ...matching].toSorted((a, b) => endOf(b) - endOf(a));
  return { freeze: last, maintenance: windowsFor(fix, incident, targets) };
}

const endOf = ({ untilMs = Number.POSITIVE_INFINITY }: Hold): number => untilMs;

const soonestMs = 60_000;
const latestMs = 30 * 60_000;

/**
 * The pause before a retry when it is not known how long the reason will last: half the age of the episode, 1 to 30
 * min.
 */
function laterMs({ incident, facts }: RequestedRun): number {
  const ageMs = facts.nowMs - incident.episode.at / 1000;
  return Math.min(Math.max(ageMs / 2, soonestMs), latestMs);
}

function subjectOfRun({ subject }: Incident): Pick<Run, "subject" | "model"> {
  const model = subject.kind === "model" ? subject.key : null;
  return { subject: subjectText(subject), model };
}

function newRun({ id, fix, incident, facts, targets }: RequestedRun): Undecided {
  return {
    id,
    fix: fix.name,
    remediation: fix.remediation,
    incident: incident.id,
    ...subjectOfRun(incident),
    mode: fix.mode,
    ...decidedTargets(targets),
    gate: null,
    retryAtMs: null,
    decidedAtMs: facts.nowMs,
    actedAtMs: null,
    finishedAtMs: null,
    after: null,
    outcome: null,
    answers: [],
    proposal: null,
  };
}
