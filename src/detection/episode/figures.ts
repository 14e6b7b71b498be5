/** The figures of a blamed feature as people read them: usual, now and normal band, everywhere with the same digits. */

import type { BlamedFeature } from "../event.ts";
import { distinct, inDigits, turnedFrom } from "./digits.ts";

export interface FeatureFigures {
  /** `31 %`, or in its own unit `34`; `absent` where there is none. */
  readonly before: string;
  readonly after: string;
  /** `23 to 39 %`; undefined where it is not known. */
  readonly normal: string | undefined;
  /** `31 % → 4.9 %`, or `+0.30 → −0.30` where its sign turned. */
  readonly move: string;
}

export function figuresOf(feature: BlamedFeature): FeatureFigures {
  const { before, after, low, high, turned, unit } = feature;
  const scale = unit ?? 100;
  const digits = unit === undefined ? 2 : 3;
  const quantity = (value: number | undefined): string => {
    if (value === undefined || !Number.isFinite(value)) return "absent";
    if (unit !== undefined) return settled(value);
    return value > 0 && value < 0.01 ? "<0.01 %" : `${settled(value)} %`;
  };
  const rounded = (part: number | undefined): string =>
    quantity(part === undefined ? undefined : inDigits(part * scale, digits));
  const move = (now: string): string =>
    turned === undefined ? `${rounded(before)} → ${now}` : turnedFrom(turned);
  if (after === undefined || low === undefined || high === undefined) {
    return {
      before: rounded(before),
      after: rounded(after),
      normal: undefined,
      move: move(rounded(after)),
    };
  }
  const shown = distinct({ value: after * scale, low: low * scale, high: high * scale }, digits);
  const now = quantity(shown.value);
  // A band of sizes cannot show a changed sign.
  const normal =
    turned === undefined ? `${settled(shown.low)} to ${quantity(shown.high)}` : undefined;
  return { before: rounded(before), after: now, normal, move: move(now) };
}

/** The direction in which its size changed; undefined where it did not change. */
export function directionOf({ before = 0, after = 0 }: BlamedFeature): "fell" | "rose" | undefined {
  if (after < before) return "fell";
  return after > before ? "rose" : undefined;
}

/** A number whose digits are settled. */
function settled(value: number): string {
  if (Math.abs(value) >= 1e15) return value.toExponential(2);
  return value.toLocaleString("en-US", { maximumSignificantDigits: 17 });
}
