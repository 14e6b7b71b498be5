/** Presets: named sets of detectors that run together. Each detector defines its role in them. */

export const presets = ["standard", "plain"] as const;
export type Preset = (typeof presets)[number];

export const sensitivities = ["low", "normal", "high"] as const;
export type Sensitivity = (typeof sensitivities)[number];

/** What a detector does in a set. */
export interface DetectorRole {
  /**
   * The models it is limited to: `parts`, values are parts of a whole (transforms `share`, `common_scale`); `raw`, own
   * units.
   */
  readonly only?: "parts" | "raw";
  /** Whether its scores open episodes. Otherwise it is advisory: its scores are only reported. */
  readonly deciding: boolean;
  /** An advisory detector that decides for a slow model while every deciding one warms up. */
  readonly fallback?: boolean;
  /** The score of the detector that counts as 1. Default 1, for detectors whose own boundary is 1. */
  readonly boundary?: number;
  /** One crossing of its boundary opens an episode. */
  readonly atOnce?: boolean;
}

export interface PresetUse extends DetectorRole {
  /** Parameters; what is left out has the detector's own default. */
  readonly params: Readonly<Record<string, unknown>>;
}

export interface PresetSettings {
  /** The one dial people turn; it has no meaning for `plain`. */
  readonly sensitivity: Sensitivity;
  /** Observations of a feature after which a slow model is judged. */
  readonly gracePeriod: number;
}

/** By preset. A detector that is not named in one does not run there. */
export type PresetUses = {
  readonly [Name in Preset]?: (settings: PresetSettings) => PresetUse;
};
