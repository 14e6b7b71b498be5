/** Collects the facts by which the gates judge, with one function for each need. */
import type { Remediation } from "../../remediations/remediation.ts";
import { type Episode, standingOf } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import { fitsMatchers, type NamedTarget } from "../incidents/matchers.ts";
import { covers, type Silence } from "../incidents/silence.ts";
import { freezesNotOver } from "../store/freezes/freeze.ts";
import { silenceOfIncident } from "../store/incidents/silences.ts";
import type { Tx } from "../store/query.ts";
import { actingNow, actsFor, attemptsSince, lastAttemptEndMs } from "../store/runs/budget.ts";
import { lastJudged } from "../store/runs/judged.ts";
import {
  actedBefore,
  answeredProposal,
  lastDeclined,
  waitingProposals,
} from "../store/runs/proposals.ts";
import { stormSince } from "../store/runs/storm.ts";
import type {
  FactsAtHand,
  FixLimits,
  HistoryFacts,
  Hold,
  TargetFacts,
} from "./gates/gate-facts.ts";
import type { MaintenanceWindow } from "./maintenance.ts";

/** The fix that is judged, and the facts of that moment. */
export interface FixMoment {
  readonly nowMs: number;
  readonly fix: FixLimits;
  /** When the store was last restored from a backup, or may have been; ms since 1970. */
  readonly restoredAtMs: number | undefined;
  /** Time of the newest row at the repeated question, ms since 1970. */
  readonly newestRowMs?: number | undefined;
  /** Whether the run needs approval. Default false. */
  readonly asks?: boolean;
  /** Whether a person has asked for the run. Default false. */
  readonly wished?: boolean;
  /** Whether all replicas are acted on at the same time. Default false. */
  readonly allAtOnce?: boolean;
}

/** The facts that need no I/O. */
export function gatherFacts(incident: Incident, moment: FixMoment): FactsAtHand {
  const { episode, silence, severity } = incident;
  const {
    nowMs,
    fix,
    restoredAtMs,
    newestRowMs = Number.NEGATIVE_INFINITY,
    asks = false,
    wished = false,
    allAtOnce = false,
  } = moment;
  const standing = standingOf(episode);
  return {
    nowMs,
    fix,
    asks,
    wished,
    allAtOnce,
    severity,
    freeze: silence && freezeOf(silence, episode, nowMs),
    maintenance: windowsFor(fix, incident),
    restoredAtMs,
    episodeAtMs: episode.at / 1000,
    ...standing,
    newestRowMs: Math.max(standing.newestRowMs, newestRowMs),
  };
}

/** The fix's maintenance windows that match. @param targets the known targets */
export function windowsFor(
  { maintenance = [] }: FixLimits,
  incident: Incident,
  targets?: readonly NamedTarget[],
): readonly MaintenanceWindow[] {
  return maintenance.filter(({ matchers }) => fitsMatchers(matchers, incident, targets));
}

/** The silence as a hold, if it covers the episode. It holds back runs like a freeze. */
export function freezeOf(silence: Silence, episode: Episode, nowMs: number): Hold | undefined {
  const { by, untilMs } = silence;
  return covers(silence, episode, nowMs) ? { name: `silence by ${by}`, untilMs } : undefined;
}

/** @throws what the remediation throws when the engine cannot be asked */
export async function gatherTargets(remediation: Remediation): Promise<TargetFacts> {
  return { targets: await remediation.resolve() };
}

/** Which earlier runs count. */
export interface HistoryFilter {
  /** Id of the run that is decided. */
  readonly id: string;
  readonly fix: string;
  /** Name of the fix's remediation. Left out: acts of other fixes do not count. */
  readonly remediation?: string;
  /** Start of the longest window, ms since 1970; not later than the decision. */
  readonly sinceMs: number;
  /** Requests since then count for a storm, ms since 1970. Left out: the fix has no storm limits. */
  readonly stormSinceMs?: number | undefined;
  readonly incident?: string | undefined;
  /** The target of the run; undefined while none is resolved. */
  readonly target?: HistoryFacts["target"];
  /** The replicas of the run. Left out: one target at most. */
  readonly replicas?: HistoryFacts["replicas"];
  /** When the run is decided, ms since 1970. Default: `sinceMs`. */
  readonly nowMs?: number;
  /** Id of the proposal that people have approved; left out where none was. */
  readonly approved?: string | undefined;
  /** A person wants the void run proposed again. */
  readonly again?: boolean | undefined;
}

export async function gatherHistory(q: Tx, filter: HistoryFilter): Promise<HistoryFacts> {
  const { id, fix, remediation, sinceMs, stormSinceMs, incident, target, replicas } = filter;
  const targets = idsOf(filter);
  return {
    ...(await gatherAnswers(q, filter)),
    attempts: await attemptsSince(q, sinceMs, filter.nowMs),
    target,
    ...(replicas && { replicas }),
    ...(await gatherActing(q, id, targets)),
    lastAttemptEndMs: await lastAttemptEndMs(q, fix),
    judged: await lastJudged(q, fix),
    actsForIncident:
      incident === undefined || target === undefined
        ? []
        : await actsFor(q, { fix, remediation, incident, targets }),
    silence: incident === undefined ? null : await silenceOfIncident(q, incident),
    freezes: await freezesNotOver(q, sinceMs),
    storm: stormSinceMs === undefined ? undefined : await stormSince(q, stormSinceMs),
  };
}

/** The id of the target, or the ids of all replicas. */
function idsOf({
  target,
  replicas,
}: Pick<HistoryFilter, "target" | "replicas">): readonly string[] {
  return (replicas ?? (target === undefined ? [] : [target])).map(({ id }) => id);
}

async function gatherActing(
  q: Tx,
  id: string,
  targets: readonly string[],
): Promise<Pick<HistoryFacts, "acting" | "actingHere">> {
  const acting = await actingNow(q, id);
  const here = acting.find((other) => targets.some((target) => other.targets.includes(target)));
  return { acting: acting.map(({ fix }) => fix), actingHere: here?.fix };
}

type Answers = Pick<HistoryFacts, "answered" | "waiting" | "askedAs" | "lastNo" | "before">;

/** Facts from earlier proposals and their answers. */
async function gatherAnswers(
  q: Tx,
  filter: Omit<HistoryFilter, "sinceMs" | "remediation">,
): Promise<Answers> {
  const { id, fix, incident, target, approved } = filter;
  const isApproved = approved !== undefined && incident !== undefined;
  const answered = isApproved ? await answeredProposal(q, { incident, run: id }) : undefined;
  const all = await waitingProposals(q);
  const same = all.filter((other) => other.fix === fix && other.target === target?.id);
  const waiting = all.map(({ proposal }) => proposal.id);
  const askedAs = same.find((other) => other.run !== id && other.incident === incident);
  const asked = { waiting, askedAs: askedAs?.proposal.id };
  const known = answered?.id === approved ? { ...asked, answered } : asked;
  if (target === undefined) return known;
  const onTarget = { fix, targets: idsOf(filter) };
  return {
    ...known,
    lastNo: await lastDeclined(q, onTarget),
    before: await actedBefore(q, onTarget),
  };
}
