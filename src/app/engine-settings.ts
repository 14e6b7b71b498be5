/** Maps the configuration to the settings of the detection engine. */
import type { DetectorType } from "../../detectors/detector.ts";
import { type CommonSource, commonSource } from "../config/common-source.ts";
import type { Config } from "../config/schema.ts";
import { detectorSet } from "../detection/baseline/default-detectors.ts";
import type { Override } from "../detection/baseline/overrides.ts";
import {
  defaultDecision,
  defaultSource,
  type EngineSettings,
  type SourceSettings,
} from "../detection/settings.ts";
import { familyOf } from "../model-family.ts";

export function engineSettings(
  config: Config,
  detectorTypes: readonly DetectorType<unknown>[],
): EngineSettings {
  const { preset, sensitivity, open_after, close_after, overrides, ...limits } = config.detection;
  return {
    detectors: detectorSet(detectorTypes, { preset, sensitivity }),
    source: (name) => {
      const source = config.sources[name];
      if (source === undefined) return defaultSource;
      return { ...sourceSettings(source), familyOf: familyOf(source.versioned_names) };
    },
    decision: {
      ...defaultDecision,
      ...(open_after && { needed: open_after.k, outOf: open_after.n }),
      ...(close_after !== undefined && { cleanToClose: close_after }),
    },
    overrides: overrides.map(overrideOf),
    maxModels: limits.max_models,
    maxNewModelsPerHour: limits.max_new_models_per_hour,
    maxFeatures: limits.max_features,
    retireAfterUs: limits.retire_after * 1000,
  };
}

/** As {@link engineSettings}, for rows that no source of the configuration has: what all its sources have in common. */
export function fileSettings(
  config: Config,
  detectorTypes: readonly DetectorType<unknown>[],
): EngineSettings {
  const common = sourceSettings(commonSource(config).settings);
  return { ...engineSettings(config, detectorTypes), source: () => common };
}

function sourceSettings(source: CommonSource["settings"]): SourceSettings {
  const { assembly_window: window, transform, ignore, predictions } = source;
  return {
    ...defaultSource,
    ...(window !== undefined && { assemblyWindowUs: window * 1000 }),
    ...(transform && { transform }),
    ...(ignore && { ignoredFeatures: new Set(ignore) }),
    ...(predictions && { predictionWindowUs: predictions.window * 1000 }),
  };
}

/** An entry of `detection.overrides:` in the form that detection uses. */
export function overrideOf(given: Config["detection"]["overrides"][number]): Override {
  const { source, model, feature, sensitivity, direction, ignore } = given;
  const { share, value, relative } = given.least_effect ?? {};
  const leastEffect = given.least_effect && { share, value, relative };
  return { source, model, feature, sensitivity, direction, leastEffect, ignore };
}
