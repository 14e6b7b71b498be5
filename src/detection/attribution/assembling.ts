/** The interface between a model and the object that collects its rows into attributions. */
import type { Row } from "../../stream/record.ts";
import type { ModelMemory } from "../memory.ts";
import type { DropReason } from "./counts.ts";

/** Windows of predictions that are not judged yet. Plain data. */
export interface SavedWindows {
  /** Width of the windows, microseconds. */
  readonly width: number;
  /** End of the newest closed window; null before there is one. */
  readonly closedUntil: number | null;
  /** Oldest first. */
  readonly open: readonly {
    readonly start: number;
    readonly newest: number;
    readonly rows: number;
    /** Feature, mean of |importance|, finite values. */
    readonly means: readonly (readonly [string, number, number])[];
  }[];
}

/** The part of the open attributions that is not in the model's memory. Plain data. */
export interface Assembly {
  open: boolean;
  /** Oldest and newest row of the open attribution, microseconds. */
  start: number;
  end: number;
  /** Newest row of the last closed attribution; null before there is one. */
  lastEnd: number | null;
  /** Oldest row of the last closed attribution; missing in states that older versions saved. */
  lastStart?: number;
  /** How many of the expected features have come. */
  came: number;
  expected: number;
  /** An unexpected feature came late: the next attribution stays open for its whole window, to include the feature. */
  patient: boolean;
  /** Rows of the open attribution; missing in states that older versions saved. */
  rows?: number;
  /** Features with two different values at one time. */
  conflicts: string[];
  /** Features without a slot yet: name, time, value (null: bad). */
  newcomers: [string, number, number | null][];
  /** Of a source with one row a prediction: the windows that are not judged yet. */
  windows?: SavedWindows;
}

export function nothingAssembled(): Assembly {
  return {
    open: false,
    start: 0,
    end: 0,
    lastEnd: null,
    came: 0,
    expected: 0,
    patient: true,
    conflicts: [],
    newcomers: [],
  };
}

/** A feature without a slot yet. */
export interface Newcomer {
  readonly name: string;
  readonly ts: number;
  readonly value: number;
}

/**
 * The memory that receives the rows of a model, and the slots of its features. Closing an attribution may replace the
 * memory by one with more slots.
 */
export interface FeatureSlots {
  readonly memory: ModelMemory;
  slotOf(feature: string): number | undefined;
}

/**
 * What became of a row. `belongs_to_next`: the oldest open attribution ends before the row. Any other value but
 * `placed` is the reason why the row was dropped.
 */
export type RowPlacement = "placed" | "belongs_to_next" | DropReason;

/** A closed attribution. Its values are in the model's memory, except those of features without a slot. */
export interface Closed {
  /** Its time, microseconds since 1970. */
  readonly at: number;
  /** Its rows are before this time, or at `at`. */
  readonly until: number;
  /** Time of its newest row. */
  readonly newest: number;
  /** New features by name. */
  readonly newcomers: readonly Newcomer[];
  /** Features with two values at one time. */
  readonly conflicts: readonly string[];
}

export interface Assembling {
  /** Time at which the watermark closes the oldest open attribution; Infinity while there is none. */
  readonly due: number;
  /** Start of the newest open attribution; -Infinity while there is none. */
  readonly start: number;
  /** The model is not silent before the watermark reaches this time, since open attributions hold rows. */
  readonly heardUntil: number;
  /** Rows of open attributions. They are not judged yet. */
  readonly unfinished: number;
  /** Whether every expected feature has come. Then close the attribution at the end of the record. */
  readonly isComplete: boolean;
  /** Whether there are rows that later rows cannot join any more. */
  readonly isOverWithHistory: boolean;
  /** The watermark at which every attribution before this time is closed. */
  settledAt(time: number): number;
  /** @param row with a finite time; after `belongs_to_next`, close the oldest attribution and add the row again */
  add(row: Row): RowPlacement;
  /** Whether the watermark has reached {@link due}. */
  isPassed(watermark: number): boolean;
  /**
   * Forgets times beyond the limit. Otherwise every later row would count as late.
   *
   * @returns how many rows of open attributions are dropped
   */
  forgetBeyond(limit: number): number;
  /** Closes the oldest open attribution. Call it only while there is one. */
  finish(): Closed;
  /** Counts the features that the next attribution waits for. Call it when `absent` is up to date. */
  expect(): void;
  /** The current assembly for a snapshot. */
  saved(): Assembly;
}
