/** The facts of a month, and the measures that are computed from them. Plain data. */
import type { MonthAct } from "../store/month/acts.ts";
import type { MonthWord } from "../store/month/approved.ts";
import type { BlindTime } from "../store/month/blind.ts";
import type { MonthDecision } from "../store/month/decisions.ts";
import type { FoundIncident } from "../store/month/found.ts";
import type { MonthRange } from "../store/month/range.ts";
import type { Reach } from "../store/month/reach.ts";

export interface MonthFacts {
  readonly range: MonthRange;
  readonly incidents: readonly FoundIncident[];
  readonly acts: readonly MonthAct[];
  readonly decisions: readonly MonthDecision[];
  readonly words: readonly MonthWord[];
  readonly blind: readonly BlindTime[];
  readonly reach: Reach;
}

export interface Measure {
  readonly unit: "count" | "ms";
  /** A count, a sum, or a median; null where it was not measured. */
  readonly value: number | null;
  /** What it consists of, in the order in which it is shown. Empty where it is null. */
  readonly parts: Readonly<Record<string, number>>;
  /** Why it is null, or what is missing in it; null when it is whole. */
  readonly why: string | null;
}
