/** Counts what happened to every row: plain numbers for metrics. */

export type DropReason =
  | "seen_position"
  | "non_finite_time"
  | "future"
  | "ignored"
  | "late"
  | "duplicate"
  | "second_value"
  | "too_many_models"
  | "too_many_new_models"
  | "too_many_features"
  | "quarantined";

export interface DetectionCounts {
  rows: number;
  /** Rows whose importance is NaN or infinite; they take part as bad values. */
  nonFinite: number;
  readonly dropped: Record<DropReason, number>;
  attributions: number;
  /** Attributions with too little of the vector to be judged. */
  fragments: number;
  ticks: number;
  /** Sections of saved states that did not fit the settings and are learned anew. */
  sectionsDropped: number;
}

export function noCounts(): DetectionCounts {
  return {
    rows: 0,
    nonFinite: 0,
    dropped: {
      seen_position: 0,
      non_finite_time: 0,
      future: 0,
      ignored: 0,
      late: 0,
      duplicate: 0,
      second_value: 0,
      too_many_models: 0,
      too_many_new_models: 0,
      too_many_features: 0,
      quarantined: 0,
    },
    attributions: 0,
    fragments: 0,
    ticks: 0,
    sectionsDropped: 0,
  };
}
