/** The facts that gates judge by. They are gathered before, by need, so that every gate is a pure function. */
import type { Target, Tier } from "../../../remediations/remediation.ts";
import type { JudgedRun } from "../../incidents/breaker.ts";
import type { Standing } from "../../incidents/episode.ts";
import type { Freeze } from "../../incidents/freeze.ts";
import type { AnsweredProposal, Proposal, ProposedAct } from "../../incidents/proposal.ts";
import type { Silence } from "../../incidents/silence.ts";
import type { Budget } from "../budgets.ts";
import type { MaintenanceWindow } from "../maintenance.ts";

/** What a fix says of itself. */
export interface FixLimits {
  readonly name: string;
  readonly tier: Tier;
  /** Rest after the end of an attempt, ms, ≥ 0. */
  readonly cooldownMs: number;
  /** Every one of them must allow a run. */
  readonly budgets: readonly Budget[];
  /** Runs of all fixes that may act at the same time, ≥ 1. */
  readonly concurrency: number;
  /** Left out: none. */
  readonly maintenance?: readonly MaintenanceWindow[];
  /** Left out: no number of targets or models is a storm. */
  readonly storm?: StormLimits;
  /** How long a person's no is remembered, ms. Left out: it is not. */
  readonly denyForMs?: number;
  /** It may cut off what depends on its target. Default false. */
  readonly withDependants?: boolean;
  /** So many other containers of the target's service have to be healthy, ≥ 0. Default 0. */
  readonly healthyFloor?: number;
}

/** From when on it is a storm. */
export interface StormLimits {
  /** So many targets, and so many models, are no storm. */
  readonly targets: number;
  /** Part of all known models. */
  readonly models: number;
}

/** What is asked for and broken at once. */
export interface StormFacts {
  /** Ids of targets that runs were asked for lately, whatever became of them. */
  readonly targets: readonly string[];
  /** Models that are anomalous now. */
  readonly anomalous: number;
  /** Known models. */
  readonly models: number;
  /** A run was denied for it lately, so it ends only below half. */
  readonly isOn: boolean;
}

/** What a person has declared: a freeze or a silence. */
export interface Hold {
  readonly name: string;
  /** When it is over, ms since 1970; left out where nobody knows. */
  readonly untilMs?: number;
  /** Who declared the freeze, and why. Left out of a silence, whose name says who. */
  readonly by?: string;
  readonly reason?: string;
}

/** Known without asking anybody: of the incident, the fix and the clock. Times are milliseconds since 1970. */
export interface FactsAtHand extends Standing {
  readonly nowMs: number;
  readonly fix: FixLimits;
  /** The freeze, or the silence, that matches this fix; undefined when none does. */
  readonly freeze: Hold | undefined;
  /** The maintenance windows that match this fix, whether they hold now or not. Left out: none does. */
  readonly maintenance?: readonly MaintenanceWindow[];
  /** When the store was last restored, or may have been; undefined when it never was. */
  readonly restoredAtMs: number | undefined;
  /** When the episode opened. Left out: long ago. */
  readonly episodeAtMs?: number;
  /** Rows no older than this are always fresh enough; 15 min unless told. */
  readonly freshFloorMs?: number;
  /** A person has to agree to the run. Left out: nobody has. */
  readonly asks?: boolean;
  /** Of the incident. Left out: not known. */
  readonly severity?: string;
  /** A person has asked for the run. Left out: nobody has. */
  readonly wished?: boolean;
}

/** Known by asking what the remediation acts through. */
export interface TargetFacts {
  /** Everything the remediation resolved; undefined when nobody could be asked. */
  readonly targets: readonly Target[] | undefined;
}

/** An attempt of any fix. */
export interface PastAttempt {
  /** When it was decided, ms since 1970. */
  readonly atMs: number;
  readonly fix: string;
  /** Id of its target and the target's host; null where it is not known. */
  readonly target: string | null;
  readonly host: string | null;
}

/** An attempt of a fix, by what became of it. */
export interface PastAct {
  /** When it was decided, ms since 1970. */
  readonly atMs: number;
  /** Null while it is not known. */
  readonly outcome: string | null;
}

/** Known by reading earlier runs. Attempts count whatever became of them. */
export interface HistoryFacts {
  /** Attempts of all fixes within the longest window, in any order; older ones are fine. */
  readonly attempts: readonly PastAttempt[];
  /** What this run would act on; undefined while it is not resolved. */
  readonly target?: Pick<Target, "id" | "name" | "host"> | undefined;
  /** Names of the fixes that act now. Left out: none. */
  readonly acting?: readonly string[];
  /** Name of the one that acts on this target now. Left out: none does. */
  readonly actingHere?: string | undefined;
  /** End of the fix's last attempt, on whatever target; undefined when there was none. */
  readonly lastAttemptEndMs: number | undefined;
  /** What was done to this target for this incident by the same remediation, by whatever fix. Left out: nothing. */
  readonly actsForIncident?: readonly PastAct[];
  /** The fix's last judged runs, newest first. Left out: none. */
  readonly judged?: readonly JudgedRun[];
  /** What people answered to the run's proposal; undefined where none waits. */
  readonly answered?: AnsweredProposal | undefined;
  /** What the run would do now; undefined while no target is resolved. */
  readonly act?: ProposedAct | undefined;
  /** The last no to the fix on the target; undefined where there was none. */
  readonly lastNo?: { readonly atMs: number; readonly severity: string } | undefined;
  /** Ids of all proposals that wait. Left out: none. */
  readonly waiting?: readonly string[];
  /** Id of a proposal of the same fix, target and incident, of another run; undefined where none waits. */
  readonly askedAs?: string | undefined;
  /** What the fix did on the target before. Left out: nothing. */
  readonly before?: Proposal["before"];
  /** Left out where nobody looked. */
  readonly storm?: StormFacts | undefined;
  /** Freezes that hold when the run is decided, whatever they match. Left out: none does. */
  readonly freezes?: readonly Freeze[];
  /** The incident's silence when the run is decided; null where there is none, left out where nobody looked. */
  readonly silence?: Silence | null;
}

/** What a gate may need, and what it is given for it beside the facts at hand. */
export interface FactsByNeed {
  readonly nothing: unknown;
  readonly target: TargetFacts;
  readonly history: HistoryFacts;
}

/** Everything that is known when a run is decided. */
export interface GateFacts extends FactsAtHand, TargetFacts, HistoryFacts {}
