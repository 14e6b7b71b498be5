/**
 * The contract of a detector. It scores an attribution, then learns it. Each detector is one module and one line in the
 * registry.
 */
import type { z } from "zod";
import type { PresetUses } from "./preset.ts";

/** The band in which a detector expected one feature, in the units it was given. */
export interface Band {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
  /** Observations behind it. */
  readonly n: number;
}

/** A band, and the value or mean that was compared with it. */
export interface Explanation extends Band {
  /** The newest value, or a mean of the newest ones. */
  readonly observed: number;
  /** Vectors behind `observed`; 1 is the newest alone. */
  readonly span: number;
  /** Unit of `observed` and the band: as given, deviations from the hour's habit, or how often it is not 0. */
  readonly unit: "value" | "deviations" | "frequency";
  /** The band follows from the other features of the vector, not from the feature's own past alone. */
  readonly given?: "others";
}

/**
 * One detector over one model. Its whole memory is the buffer it was created on: from the same bytes it gives the same
 * scores.
 *
 * A vector has one value per feature slot; NaN means the feature is absent from this attribution. Other values are
 * finite (the caller ensures that). Detectors never throw on a vector of the right length and never return NaN.
 */
export interface Detector {
  /**
   * @param x one value per feature slot
   * @param featureScores receives a score per slot (1.0 is the boundary, NaN where there is none)
   * @param at time of the vector, microseconds since 1970; without one there is no season
   * @returns ≥ 0, high is anomalous, 1.0 is the boundary; undefined while warming up
   */
  scoreOne(x: Float64Array, featureScores: Float64Array, at?: number): number | undefined;
  /** Learns the vector. Call after scoring it. */
  learnOne(x: Float64Array, at?: number): void;
  /**
   * Called in place of `learnOne` for a vector that is not normal. Only what must follow such vectors is updated, for
   * example short means. Detectors that look at one vector at a time have none.
   */
  skipOne?(x: Float64Array, at?: number): void;
  /** What is expected of one feature at a time, for explanations; undefined where the detector has no band. */
  band(slot: number, at?: number): Band | undefined;
  /** What is expected of every feature at a time, NaN where it is unknown: {@link band} for the whole vector. */
  expected?(into: Float64Array, at?: number): void;
  /**
   * Explains the score of a value. `observed` is the value if it is outside its band by itself, else the mean that is
   * furthest beyond its own band. For a score of 1 or more `observed` is outside. Call it before the vector is learned.
   * A detector that compares every value with {@link band} needs no such method.
   */
  explain?(slot: number, value: number, at?: number): Explanation | undefined;
  /** Correlation of two features over the newest vectors it keeps, -1 to 1; undefined where there are too few. */
  together?(one: number, other: number): number | undefined;
}

/** Learned state of one size, as raw bytes. */
export interface DetectorState {
  readonly nFeatures: number;
  readonly bytes: Uint8Array;
}

/** The bytes that an older version of a detector saved for the same number of features. */
export interface OlderState extends DetectorState {
  readonly version: number;
}

export interface DetectorType<Params> {
  /** Kebab-case; used in config, metrics and tickets. */
  readonly name: string;
  /** Raised whenever the meaning of the state's bytes changes. */
  readonly version: number;
  /** Strict schema of the parameters, every one with a default; keys as in config (snake_case). */
  readonly params: z.ZodType<Params>;
  /** The presets in which it runs. Left out: it runs only if it is named. */
  readonly presets?: PresetUses;
  /** Exact size of the state in bytes, a multiple of 8. */
  stateBytes(params: Params, nFeatures: number): number;
  /**
   * @param state zeroed bytes for a new model, or a section saved earlier; 8-byte aligned, used in place.
   */
  create(params: Params, state: DetectorState): Detector;
  /** The parameters that the bytes depend on. A state fits only while they are the same. Left out: all parameters. */
  shapedBy?(params: Params): unknown;
  /**
   * Every feature is learned by itself, and parameters that only judge may influence what is learned. Left out: the
   * vector is learned as a whole, independently of those parameters.
   */
  readonly learnsApart?: boolean;
  /**
   * Fills zeroed bytes with what an older version has learned. So an upgrade does not send a model back to its warm-up.
   *
   * @returns false when nothing can be kept
   */
  upgrade?(from: OlderState, to: DetectorState): boolean;
  /** Copies what can be kept into zeroed bytes for more features (slots only ever get appended). */
  grow(params: Params, from: DetectorState, to: DetectorState): void;
}
