/** A wish: a person asks for a run of a fix on an incident. Plain data of its look-up and its decision. */
import type { Incident, RunSummary } from "./incident.ts";
import type { GateAnswer, RunWish } from "./proposal.ts";

/** A configured fix, as a person may ask for it. */
export interface WishedFix {
  readonly name: string;
  readonly remediation: string;
  readonly mode: "off" | "observe" | "approve" | "auto";
  /** What people call its target beside its own name: a compose service, the value of a label. */
  readonly called: readonly string[];
  /** Whether the incident matches the fix. */
  readonly isFor: (incident: Incident) => boolean;
}

/** A fix with what it would act on now. */
export interface SeenFix extends WishedFix {
  /** Names of everything that its selector matches; undefined when the engine was not asked or did not answer. */
  readonly targets: readonly string[] | undefined;
  /** Health of its target, or of each replica; undefined where they are not one service, or the engine did not answer. */
  readonly health: string | undefined;
  /** Name of the service, where the targets are several replicas of one. Left out: they are not. */
  readonly replicasOf?: string | undefined;
  /** Why the engine did not answer. */
  readonly problem: string | undefined;
}

export interface WishedRun {
  readonly fix: string;
  readonly incident: Incident;
  readonly wish: RunWish;
  /** Time of the model's newest row, ms since 1970; undefined where it is not known. */
  readonly newestRowMs: number | undefined;
  /** Only judge it: nothing is written down. */
  readonly dry: boolean;
}

export interface DecidedWish {
  readonly run: RunSummary;
  readonly answers: readonly GateAnswer[];
  /** What the act would change, one sentence; undefined where there is no target, or several that are not one service. */
  readonly does: string | undefined;
}
