/** The facts that gates judge by. They are gathered before the gates are asked, so that every gate is pure. */
import type { Target, Tier } from "../../../remediations/remediation.ts";
import type { JudgedRun } from "../../incidents/breaker.ts";
import type { Standing } from "../../incidents/episode.ts";
import type { Freeze } from "../../incidents/freeze.ts";
import type {
  AnsweredProposal,
  ApprovalRules,
  Proposal,
  ProposedAct,
} from "../../incidents/proposal.ts";
import type { Silence } from "../../incidents/silence.ts";
import type { Budget } from "../budgets.ts";
import type { MaintenanceWindow } from "../maintenance.ts";

/** The limits of a fix, as configured. */
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
  /** Who must approve a run, by the configuration. Left out: only the rules of its proposal count. */
  readonly approvalRules?: ApprovalRules;
  /** How long the fix is denied after a person declined it, ms. Left out: not at all. */
  readonly denyForMs?: number;
  /** Whether it may cut off the containers that depend on its target. Default false. */
  readonly withDependants?: boolean;
  /** How many other containers of the target's service have to be healthy, ≥ 0. Default 0. */
  readonly healthyFloor?: number;
}

/** The limits above which it is a storm. */
export interface StormLimits {
  /** Up to this many targets, or models, do not count as a storm. */
  readonly targets: number;
  /** Share of all known models. */
  readonly models: number;
}

/** How many runs are requested and how many models are broken at the same time. */
export interface StormFacts {
  /** Ids of the targets for which runs were requested lately, whatever the outcome of the runs. */
  readonly targets: readonly string[];
  /** Models that are anomalous now. */
  readonly anomalous: number;
  /** Known models. */
  readonly models: number;
  /** Whether the gate `storm` denied a run lately. If so, the storm ends only at half of the limits. */
  readonly isOn: boolean;
}

/** A freeze or a silence that a person has declared. */
export interface Hold {
  readonly name: string;
  /** When it ends, ms since 1970; left out where that is not known. */
  readonly untilMs?: number;
  /** Who declared the freeze, and why. Left out for a silence, whose name says who. */
  readonly by?: string;
  readonly reason?: string;
}

/** Facts from the incident, the fix and the clock, without I/O. Times are milliseconds since 1970. */
export interface FactsAtHand extends Standing {
  readonly nowMs: number;
  readonly fix: FixLimits;
  /** The freeze, or the silence, that matches this fix; undefined when none does. */
  readonly freeze: Hold | undefined;
  /** The maintenance windows that match the incident and its known targets, in force now or not. Left out: none does. */
  readonly maintenance?: readonly MaintenanceWindow[];
  /** When the store was last restored, or may have been; undefined when it never was. */
  readonly restoredAtMs: number | undefined;
  /** When the episode opened. Left out: long ago. */
  readonly episodeAtMs?: number;
  /** Rows no older than this are always fresh enough, ms. Default 15 min. */
  readonly freshFloorMs?: number;
  /** Whether the run needs approval. Default false. */
  readonly asks?: boolean;
  /** Severity of the incident. Left out: not known. */
  readonly severity?: string;
  /** Whether a person has asked for the run. Default false. */
  readonly wished?: boolean;
  /** Whether all replicas are acted on at the same time, because a person asked for it. Default false: one by one. */
  readonly allAtOnce?: boolean;
}

/** Facts from the engine that the remediation acts through. */
export interface TargetFacts {
  /** Everything that the remediation resolved; undefined when the engine was not asked, or did not answer. */
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

/** An earlier act with its outcome. */
export interface PastAct {
  /** When it was decided, ms since 1970. */
  readonly atMs: number;
  /** Null while it is not known. */
  readonly outcome: string | null;
}

/** Facts from earlier runs. Attempts count whatever their outcome. */
export interface HistoryFacts {
  /** Attempts of all fixes within the longest window, in any order. Older ones may be among them. */
  readonly attempts: readonly PastAttempt[];
  /**
   * The target of this run; undefined while none is resolved. For several replicas: the first one, with the name of the
   * service.
   */
  readonly target?: Pick<Target, "id" | "name" | "host"> | undefined;
  /** The targets, where they are several replicas. Left out: one target at most. */
  readonly replicas?: readonly Pick<Target, "id" | "name" | "host">[];
  /** Names of the fixes that act now. Left out: none. */
  readonly acting?: readonly string[];
  /** Name of the fix that acts on this target, or on one of the replicas, now. Left out: none does. */
  readonly actingHere?: string | undefined;
  /** End of the fix's last attempt on any target; undefined when there was none. */
  readonly lastAttemptEndMs: number | undefined;
  /** Acts of the same remediation on this target for this incident, by any fix. Left out: none. */
  readonly actsForIncident?: readonly PastAct[];
  /** The fix's last judged runs, newest first. Left out: none. */
  readonly judged?: readonly JudgedRun[];
  /** The run's proposal with its answers, when the run is started by an approval; else undefined. */
  readonly answered?: AnsweredProposal | undefined;
  /** What the run would do now; undefined while no target is resolved. */
  readonly act?: ProposedAct | undefined;
  /** When a person last declined the fix on the target; undefined where nobody did. */
  readonly lastNo?: { readonly atMs: number; readonly severity: string } | undefined;
  /** Ids of all waiting proposals. Left out: none. */
  readonly waiting?: readonly string[];
  /** Id of a waiting proposal of another run with the same fix, target and incident; undefined where there is none. */
  readonly askedAs?: string | undefined;
  /** How often the fix acted on the target before, and how often it helped. Left out: never. */
  readonly before?: Proposal["before"];
  /** Left out where the fix has no storm limits. */
  readonly storm?: StormFacts | undefined;
  /** Freezes that hold when the run is decided, whatever they match. Left out: none does. */
  readonly freezes?: readonly Freeze[];
  /** The incident's silence when the run is decided; null where it has none. Left out: it was not read. */
  readonly silence?: Silence | null;
}

/** The facts that a gate gets in addition to the facts at hand, by its need. */
export interface FactsByNeed {
  readonly nothing: unknown;
  readonly target: TargetFacts;
  readonly history: HistoryFacts;
}

/** Everything that is known when a run is decided. */
export interface GateFacts extends FactsAtHand, TargetFacts, HistoryFacts {}
