/** What the gates judge by: plain data, gathered before, so that every gate is a pure function. */
import type { Target, Tier } from "../../../remediations/remediation.ts";

/** What a fix says of itself. */
export interface FixLimits {
  readonly name: string;
  readonly tier: Tier;
  /** Rest after the end of an attempt, ms, ≥ 0. */
  readonly cooldownMs: number;
  /** Attempts allowed within any `windowMs`; 0 allows none. */
  readonly maxRuns: number;
  /** > 0. */
  readonly windowMs: number;
}

/** Times are milliseconds since 1970, of one clock. Attempts count whatever became of them. */
export interface GateFacts {
  readonly nowMs: number;
  readonly fix: FixLimits;
  /** The freeze that matches this fix; undefined when none does. */
  readonly freeze: { readonly name: string } | undefined;
  /** When the store was last restored, or may have been; undefined when it never was. */
  readonly restoredAtMs: number | undefined;
  /** Time of the newest row behind the finding. */
  readonly newestRowMs: number;
  /** The model's usual time between attributions; undefined while unknown. */
  readonly cadenceMs: number | undefined;
  /** How far the model is learned, as its finding says; undefined when it is warm. */
  readonly warmUp: string | undefined;
  /** Rows no older than this are always fresh enough; 15 min unless told. */
  readonly freshFloorMs?: number;
  /** Everything the remediation resolved. */
  readonly targets: readonly Target[];
  /** End of the fix's last attempt; undefined when there was none. */
  readonly lastAttemptEndMs: number | undefined;
  /** When the fix's earlier attempts began, in any order; older than the window is fine. */
  readonly attempts: readonly number[];
}
