/** Finds the settings that `detection.overrides:` gives to each feature. */
import type { Sensitivity } from "../../../detectors/preset.ts";
import { type ModelKey, modelName } from "../../model-key.ts";
import { matches } from "./pattern.ts";

export type Direction = "both" | "drops" | "rises";

export interface LeastEffect {
  /** For models whose values are parts of a whole: part of the model's attention, 0..1. */
  readonly share?: number | undefined;
  /** For models whose values are in their own units: in the unit of the feature. */
  readonly value?: number | undefined;
  /** As a part of the expected value, above 0. */
  readonly relative?: number | undefined;
}

/** The settings of an override. `detection:` decides those that are left out. */
export interface FeatureSettings {
  readonly sensitivity?: Sensitivity | undefined;
  readonly direction?: Direction | undefined;
  readonly leastEffect?: LeastEffect | undefined;
  readonly ignore?: boolean | undefined;
}

/** All lists that are given must match. A list matches a name if any of its patterns does. */
export interface OverridePatterns {
  readonly source?: readonly string[] | undefined;
  /** Patterns for the model's name or for its whole key. */
  readonly model?: readonly string[] | undefined;
  readonly feature?: readonly string[] | undefined;
}

export interface Override extends FeatureSettings, OverridePatterns {}

const settingKeys = ["sensitivity", "direction", "leastEffect", "ignore"] as const;
type SettingKey = (typeof settingKeys)[number];

/** The overrides that match one model; each setting comes from the first override in the list that names it. */
export class ModelOverrides {
  readonly #list: readonly Override[];

  constructor(overrides: readonly Override[], model: ModelKey) {
    this.#list = overrides.filter((one) => isForModel(one, model));
  }

  /** Whether no override is for this model. */
  get isEmpty(): boolean {
    return this.#list.length === 0;
  }

  /**
   * Whether nothing is reported of the model. That is so if an override without `feature:` ignores it, and no earlier
   * override has `ignore: false`.
   */
  get ignoresModel(): boolean {
    const naming = this.#list.filter(({ ignore }) => ignore !== undefined);
    const first = naming.find(({ feature, ignore }) => feature === undefined || ignore === false);
    return first?.ignore === true;
  }

  of(feature: string): FeatureSettings {
    const matching = this.#list.filter((one) => isFor(one.feature, [feature]));
    return Object.fromEntries(
      settingKeys.map((key) => [key, matching.find((one) => one[key] !== undefined)?.[key]]),
    );
  }
}

/** Indexes of the overrides that match a feature, and of those that decide some setting. */
export function decidingFor(
  overrides: readonly Override[],
  { model, feature }: { readonly model: ModelKey; readonly feature: string },
): { readonly matching: readonly number[]; readonly deciding: readonly number[] } {
  const matching = [...overrides.keys()].filter(
    (i) => isForModel(overrides[i]!, model) && isFor(overrides[i]!.feature, [feature]),
  );
  const first = (key: SettingKey): number =>
    matching.find((i) => overrides[i]![key] !== undefined) ?? -1;
  return { matching, deciding: settingKeys.map(first).filter((i) => i >= 0) };
}

/** Whether some setting is named by both. */
export const shareSetting = (one: FeatureSettings, other: FeatureSettings): boolean =>
  settingKeys.some((key) => one[key] !== undefined && other[key] !== undefined);

/** Whether the patterns of source and model fit. */
export function isForModel({ source, model }: OverridePatterns, key: ModelKey): boolean {
  const name = modelName(key);
  return isFor(source, [name.source]) && isFor(model, [name.model, key]);
}

/** Whether some name fits some pattern; a list that is not given fits everything. */
export const isFor = (patterns: readonly string[] | undefined, names: readonly string[]): boolean =>
  patterns === undefined ||
  patterns.some((pattern) => names.some((name) => matches(pattern, name)));

/** The settings under which a feature was judged, as text for people; undefined where it has none of its own. */
export function toldSettings({
  sensitivity,
  direction,
  leastEffect,
}: FeatureSettings): string | undefined {
  const said = [
    ...(direction === "drops" || direction === "rises"
      ? [`only ${direction} are told for this feature`]
      : []),
    ...(sensitivity === undefined ? [] : [`it is judged at sensitivity ${sensitivity}`]),
    ...leastTold(leastEffect),
  ];
  return said.length === 0 ? undefined : said.join(", ");
}

function leastTold(least: LeastEffect = {}): readonly string[] {
  const { share, value, relative } = least;
  const bounds = [
    ...(share === undefined ? [] : [`${percent(share)} of the model's attention`]),
    ...(value === undefined ? [] : [String(value)]),
    ...(relative === undefined ? [] : [`${percent(relative)} of what is expected`]),
  ];
  return bounds.length === 0 ? [] : [`changes below ${bounds.join(" or ")} are not told`];
}

const percent = (part: number): string => `${Number((part * 100).toPrecision(4))} %`;
