/** The settings of the detection engine, as plain data. All models of a source share them. */

import type { DetectorType } from "../../detectors/detector.ts";
import type { DetectorRole, Sensitivity } from "../../detectors/preset.ts";
import type { FamilyOf } from "../model-family.ts";
import { type ModelKey, modelName } from "../model-key.ts";
import type { Override } from "./baseline/overrides.ts";

export type Transform = "auto" | "share" | "common_scale" | "none";

export interface DetectorUse extends DetectorRole {
  readonly type: DetectorType<unknown>;
  readonly params: unknown;
  /** The parameters at each sensitivity. Left out: `params` at all of them. */
  readonly paramsAt?: Readonly<Record<Sensitivity, unknown>>;
}

export interface SourceSettings {
  /** Rows of one model within this time form one attribution, microseconds. */
  readonly assemblyWindowUs: number;
  /**
   * Width of the windows over which predictions are averaged, microseconds. Left out: each row is an importance of one
   * attribution.
   */
  readonly predictionWindowUs?: number;
  readonly transform: Transform;
  readonly ignoredFeatures: ReadonlySet<string>;
  /** Names of models without their version; left out: no name holds one. */
  readonly familyOf?: FamilyOf;
  /** Rows further ahead of the source's clock are dropped, microseconds. */
  readonly maxFutureUs: number;
}

export interface DecisionSettings {
  /** Boundary crossings of one feature that open an episode… */
  readonly needed: number;
  /** …among this many attributions, at most 8. */
  readonly outOf: number;
  /** An attribution is clean only below this score. */
  readonly exitLevel: number;
  /** Clean attributions in a row that close an episode. */
  readonly cleanToClose: number;
  /** Attributions without learning after which people are asked once whether the level is the new normal. */
  readonly freezeLimit: number;
  /**
   * What happens at `freezeLimit`. `stays_open`: people are asked, and the episode stays open until it recovers or a
   * marker ends it. `accepted`: it is accepted, since nobody can be asked.
   */
  readonly lasting: "stays_open" | "accepted";
  /** Attributions that a new model, or one after a marker or an acceptance, learns without judging; at least this many. */
  readonly relearn: number;
  /** Thresholds are wider by this factor… */
  readonly relearnedWiden: number;
  /** …for this many attributions, counted from the same moment as `relearn`. */
  readonly relearnedWidenFor: number;
  /** Observations of a feature, or of a whole model, that are learned before it is judged… */
  readonly settled: number;
  /** …and before it is judged provisionally, in a slow model. */
  readonly provisional: number;
  /** A model is slow if its usual time between attributions is at least this, microseconds. */
  readonly slowCadenceUs: number;
  /** Cadences without an attribution after which a model is silent. */
  readonly silentCadences: number;
  /** The least number of identical vectors in a row that counts as a frozen exporter. */
  readonly frozenRun: number;
  /** A new feature with less than this share is adopted in silence, 0..1. */
  readonly newFeatureShare: number;
}

export interface EngineSettings {
  readonly detectors: readonly DetectorUse[];
  source(name: string): SourceSettings;
  readonly decision: DecisionSettings;
  /** Settings of single features. Each setting comes from the first override that names it. Default: none. */
  readonly overrides?: readonly Override[];
  /** Rows of further models are dropped and counted. For one partition. */
  readonly maxModels: number;
  /** Models that may join one partition in an hour of row time; rows of further ones are dropped and counted. */
  readonly maxNewModelsPerHour: number;
  /** Rows of further features of a model are dropped and counted. */
  readonly maxFeatures: number;
  /** A model without a row for this long, by the watermark, is forgotten, microseconds. */
  readonly retireAfterUs: number;
}

/** Whether a model has the name of a version of another one, which is watched in its place. */
export function isVersion(key: ModelKey, { familyOf }: Pick<SourceSettings, "familyOf">): boolean {
  const { model } = modelName(key);
  return familyOf !== undefined && familyOf(model) !== model;
}

export const defaultRetireAfterUs = 30 * 86_400_000_000;

export const defaultSource: SourceSettings = {
  assemblyWindowUs: 60_000_000,
  transform: "auto",
  ignoredFeatures: new Set(),
  maxFutureUs: 3_600_000_000,
};

/** The defaults, as measured on labelled streams. The sensitivity changes the detectors' thresholds, not these. */
export const defaultDecision: DecisionSettings = {
  needed: 2,
  outOf: 3,
  exitLevel: 0.8,
  cleanToClose: 4,
  freezeLimit: 300,
  lasting: "stays_open",
  relearn: 12,
  relearnedWiden: 1.5,
  relearnedWidenFor: 60,
  settled: 20,
  provisional: 14,
  slowCadenceUs: 6 * 3_600_000_000,
  silentCadences: 3.25,
  frozenRun: 3,
  newFeatureShare: 0.03,
};

/** The transform of a model with this many features. `auto` is `none` below three: two shares would mirror each other. */
export function settledTransform(
  transform: Transform,
  nFeatures: number,
): Exclude<Transform, "auto"> {
  if (transform !== "auto") return transform;
  return nFeatures < 3 ? "none" : "common_scale";
}

/** Observations that are learned before a feature, or a whole model, is judged. */
export const enoughFor = (
  slow: boolean,
  { provisional, settled }: Pick<DecisionSettings, "provisional" | "settled">,
): number => (slow ? provisional : settled);
