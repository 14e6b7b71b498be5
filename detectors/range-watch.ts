/** Alarms when a series leaves the range that it has shown so far. The range shrinks slowly. */
import type { Band, Detector, DetectorState, DetectorType, Explanation } from "./detector.ts";
import { presets } from "./range-watch-presets.ts";
import { appendedTo, seriesBytes } from "./stats/appended.ts";
import { beyond } from "./stats/beyond.ts";
import { bounded } from "./stats/bounded.ts";
import { clamp } from "./stats/deviation.ts";
import { EXCESS_WIDTH, learnExcess } from "./stats/excesses.ts";
import { HourlyResiduals, residualFloats } from "./stats/hourly-residuals.ts";
import { DEVIATION, HIGH, LOW, MEAN, SMOOTH, VIEW, widenRange } from "./stats/known-range.ts";
import { hasHeavyTail, LOG_TAIL_WIDTH, learnLogarithm, logDeviations } from "./stats/log-tail.ts";
import { params, type RangeWatchParams } from "./stats/range-settings.ts";

/** Rows over which the views are smoothed; the first is the value itself, the others the hourly residual. */
const SPANS = [1, 4, 20, 100] as const;
/** Rows before a view is judged. */
const WARM = [100, 100, 100, 300] as const;
const VIEWS = SPANS.length;
/** The first views can have a heavy tail; a mean of 20 or 100 rows has none. */
const TAILED = 2;
/** Rows before a view's excesses count. Before that, its range or the hourly habit is unknown. */
const KNOWN = [20, 300] as const;
/** A view leaves its range when it is beyond it by this part of its width, … */
const MARGIN = 0.05;
/** … and by more while there are few rows: M·(1 + 200/rows). */
const YOUNG = 200;
/** The same for its distance from the mean, z·(1 + 50/rows): deviations are underestimated at first. */
const YOUNG_DEVIATION = 50;
/**
 * A smoothed residual must be further out than a value by this factor: its scale changes slowly, and smoothing prolongs
 * it.
 */
const FURTHER = 1.15;
/** With a heavy tail, one row moves a mean of 20 or 100 rows by at most this many of its deviations. */
const CAP = 1.5;
/**
 * A residual always counts in full up to this many deviations. Otherwise a view that hardly moved so far would cap
 * everything.
 */
const LEAST_CAP = 3;
/** Rows without another alarm: 3 % of those seen, 20 to 150. */
const muteAfter = (rows: number): number => Math.min(Math.max(Math.floor(0.03 * rows), 20), 150);
const MOST_SCORE = 1e6;
/** Value of `HOLD` if the hold is over and the series is not back within its range. */
const LASTING = -1;
/** The score while `HOLD` is `LASTING`: no alarm, but not normal. */
const LASTING_SCORE = 0.9;

/** Places of a series' numbers, after those of its residuals. */
const VIEWS_AT = residualFloats;
const ROWS = VIEWS_AT + VIEWS * VIEW;
/** Remaining rows without another alarm; remaining rows in which the last alarm is held. */
const MUTE = ROWS + 1;
const HOLD = ROWS + 2;
/** The view of the last alarm and its range at that time. */
const ALARMED = ROWS + 3;
const HELD_LOW = ROWS + 4;
const HELD_HIGH = ROWS + 5;
/** Version 2 ended here. */
const EXCESSES = ROWS + 6;
/** Version 3 ended here. */
const LOGARITHMS = EXCESSES + TAILED * EXCESS_WIDTH;
const STRIDE = LOGARITHMS + LOG_TAIL_WIDTH;
const upgrades = [
  appendedTo({ versions: [1, 2], before: EXCESSES, after: STRIDE }),
  appendedTo({ versions: [3], before: LOGARITHMS, after: STRIDE }),
];

/**
 * Scores how far a value, or its smoothed hourly residual, is beyond the range it has ever had.
 *
 * For a series in its own unit, of any shape: counts, temperatures, a single importance. It sees new extremes, level
 * shifts, lasting drifts and broken daily habits. It adapts to any new level within hours to days. It fails on
 * anomalies within the known range (a missing peak), and on a repeated anomaly while the range still contains the
 * first. Pure noise often leaves its range by a little. So `z` also requires a distance from the mean, and `excess`
 * more than the usual excess of a heavy tail.
 *
 * Four views: the value, and the hourly residual smoothed over 4, 20 and 100 rows. score = highest over the views of
 * min(ratio / margin, |y − mean| / (z·(1 + 50/rows)·deviation)), with ratio = distance beyond the range over its width
 * and margin = max(0.05·(1 + 200/rows), excess·mean of the newest ratios above 0), the latter of the
 * value and of the mean of 4; residuals ask for 1.15·z. Where a series is always positive and its tail is heavy by its
 * logarithms, the value must be z deviations away on their scale as well, and one row moves the mean of 20 or 100 by at
 * most 1.5 of its deviations.
 *
 * An alarm opens at 1. Then the score is ratio / 0.05 for the range at that time, until the series is back within that
 * range. After `hold` rows outside, the score is 0.9, unless the series alarms again. Another alarm is possible after 3
 * % of the rows seen, 20 to 150 rows. Skipped values are learned too, except the hourly habit after `hold` rows
 * outside.
 *
 * Warm-up: undefined for 100 rows.
 *
 * Time: about 0.3 µs a value. Memory: 912 bytes a feature.
 *
 * Source: own research on 38 series of the Numenta Anomaly Benchmark; leaving one group out costs 4 points of 80.
 *
 * @example
 * // {z: 2}; learned 0 and 1 in turns, 200 times; scoreOne(2) > 1, scoreOne(0) < 0.1
 */
export const rangeWatch: DetectorType<RangeWatchParams> = {
  name: "range-watch",
  version: 4,
  params,
  // The distances `z` and `excess` are used only to judge.
  shapedBy: ({ hold }) => ({ hold }),
  // An alarm mutes its series, and `z` and `excess` decide about alarms.
  learnsApart: true,
  upgrade: (from, to) => upgrades.some((upgrade) => upgrade(from, to)),
  presets,
  stateBytes: (_, nFeatures) => seriesBytes(nFeatures, STRIDE),
  create: (settings, state) => new RangeWatch(settings, state),
  grow: (_, from, to) => to.bytes.set(from.bytes.subarray(0, from.nFeatures * STRIDE * 4)),
};

/** The highest score over the views, 1 at the boundary, and its view. Overwritten by every call. */
const said = { score: 0, view: 0 };

class RangeWatch implements Detector {
  readonly #settings: RangeWatchParams;
  readonly #floats: Float32Array;
  readonly #residuals: HourlyResiduals;

  constructor(settings: RangeWatchParams, { bytes, nFeatures }: DetectorState) {
    this.#settings = settings;
    this.#floats = new Float32Array(bytes.buffer, bytes.byteOffset, nFeatures * STRIDE);
    this.#residuals = new HourlyResiduals(this.#floats);
  }

  scoreOne(x: Float64Array, featureScores: Float64Array, at?: number): number | undefined {
    let highest = -1;
    for (let slot = 0; slot < x.length; slot++) {
      const s = slot * STRIDE;
      const value = bounded(x[slot]!);
      const ready = !Number.isNaN(value) && this.#floats[s + ROWS]! >= WARM[0];
      featureScores[slot] = ready ? this.#score(s, value, at) : Number.NaN;
      highest = Math.max(highest, ready ? featureScores[slot]! : -1);
    }
    return highest < 0 ? undefined : highest;
  }

  learnOne(x: Float64Array, at?: number): void {
    for (let slot = 0; slot < x.length; slot++) {
      const value = bounded(x[slot]!);
      if (!Number.isNaN(value)) this.#learn(slot * STRIDE, value, at);
    }
  }

  /** The range follows skipped vectors too: what is abnormal now may be normal in an hour. */
  skipOne(x: Float64Array, at?: number): void {
    this.learnOne(x, at);
  }

  band(slot: number): Band | undefined {
    const s = slot * STRIDE;
    const n = this.#floats[s + ROWS]!;
    if (n < WARM[0]) return undefined;
    const at = s + VIEWS_AT;
    const floats = this.#floats;
    return { expected: floats[at + MEAN]!, low: floats[at + LOW]!, high: floats[at + HIGH]!, n };
  }

  explain(slot: number, given: number, at?: number): Explanation | undefined {
    const s = slot * STRIDE;
    const floats = this.#floats;
    const n = floats[s + ROWS]!;
    if (n < WARM[0]) return undefined;
    const value = bounded(given);
    const residual = this.#residuals.residual(s, value, at);
    const held = floats[s + HOLD]! !== 0;
    const view = held ? floats[s + ALARMED]! : this.#judge(s, value, residual).view;
    const v = s + VIEWS_AT + view * VIEW;
    const range = held
      ? { low: floats[s + HELD_LOW]!, high: floats[s + HELD_HIGH]! }
      : { low: floats[v + LOW]!, high: floats[v + HIGH]! };
    return {
      ...range,
      expected: floats[v + MEAN]!,
      n,
      observed: this.#viewed(s, view, [value, residual]),
      span: SPANS[view]!,
      unit: view === 0 ? "value" : "deviations",
    };
  }

  #score(s: number, value: number, at: number | undefined): number {
    const floats = this.#floats;
    const residual = this.#residuals.residual(s, value, at);
    if (floats[s + HOLD]! > 0) return this.#stillBeyond(s, value, residual);
    const score = floats[s + MUTE]! > 0 ? 0 : this.#judge(s, value, residual).score;
    if (floats[s + HOLD] === 0 || this.#stillBeyond(s, value, residual) < 1) return score;
    return Math.max(score, LASTING_SCORE);
  }

  /** How far the view that alarmed is beyond its range at that time; 1 at the margin. */
  #stillBeyond(s: number, value: number, residual: number): number {
    const floats = this.#floats;
    const y = this.#viewed(s, floats[s + ALARMED]!, [value, residual]);
    const ratio = beyond(y, floats[s + HELD_LOW]!, floats[s + HELD_HIGH]!);
    return Math.min(ratio / MARGIN, MOST_SCORE);
  }

  #judge(s: number, value: number, residual: number): typeof said {
    const floats = this.#floats;
    const rows = floats[s + ROWS]!;
    const margin = MARGIN * (1 + YOUNG / (rows + 1));
    const { z: deviations, excess } = this.#settings;
    const far = deviations * (1 + YOUNG_DEVIATION / (rows + 1));
    said.score = 0;
    said.view = 0;
    for (let k = 0; k < VIEWS && rows >= WARM[k]!; k++) {
      const v = s + VIEWS_AT + k * VIEW;
      const y = this.#viewed(s, k, [value, residual]);
      const ratio = beyond(y, floats[v + LOW]!, floats[v + HIGH]!);
      const usual = k < TAILED ? excess * floats[s + EXCESSES + k * EXCESS_WIDTH]! : 0;
      const away = this.#away(s, k, { y, far });
      const score = Math.min(ratio / Math.max(margin, usual), away, MOST_SCORE);
      if (score <= said.score) continue;
      said.score = score;
      said.view = k;
    }
    return said;
  }

  /**
   * Distance of a view from its mean, in units of an alarm's least distance; with a heavy tail also by its logarithm.
   */
  #away(s: number, k: number, { y, far }: { readonly y: number; readonly far: number }): number {
    const floats = this.#floats;
    const v = s + VIEWS_AT + k * VIEW;
    const least = (k === 0 ? far : FURTHER * far) * floats[v + DEVIATION]!;
    const away = least > 0 ? Math.abs(y - floats[v + MEAN]!) / least : MOST_SCORE;
    if (k > 0 || far === 0 || !this.#isHeavy(s)) return away;
    return Math.min(away, logDeviations(floats, s + LOGARITHMS, y) / far);
  }

  /** The view's next value. */
  #viewed(s: number, view: number, [value, residual]: readonly [number, number]): number {
    const v = s + VIEWS_AT + view * VIEW;
    const before = this.#floats[v + SMOOTH]!;
    if (view === 0) return Math.fround(value);
    const rate = 2 / (SPANS[view]! + 1);
    const isCapped = view >= TAILED && this.#floats[s + ROWS]! > WARM[view]! && this.#isHeavy(s);
    const most = (CAP * this.#floats[v + DEVIATION]!) / rate;
    const step = residual - before;
    return Math.fround(before + (isCapped ? clamp(step, Math.max(most, LEAST_CAP)) : step) * rate);
  }

  #isHeavy(s: number): boolean {
    const mean = this.#floats[s + VIEWS_AT + MEAN]!;
    const deviation = this.#floats[s + VIEWS_AT + DEVIATION]!;
    return hasHeavyTail(this.#floats, s + LOGARITHMS, { mean, deviation });
  }

  #learn(s: number, value: number, at: number | undefined): void {
    const floats = this.#floats;
    const residual = this.#residuals.residual(s, value, at);
    const rows = floats[s + ROWS]!;
    this.#followAlarm(s, value, residual);
    // Otherwise the hourly habit would follow a broken series, and the series would seem to be back.
    if (floats[s + HOLD] !== LASTING) this.#residuals.learn(s, value, at);
    for (let k = 0; k < VIEWS; k++) {
      const y = this.#viewed(s, k, [value, residual]);
      const v = s + VIEWS_AT + k * VIEW;
      const ratio = beyond(y, floats[v + LOW]!, floats[v + HIGH]!);
      if (rows >= KNOWN[k]!) learnExcess(floats, s + EXCESSES + k * EXCESS_WIDTH, ratio);
      widenRange(floats, v, { y, rows, warm: rows > WARM[k]! });
    }
    learnLogarithm(floats, s + LOGARITHMS, value);
    floats[s + ROWS] = rows + 1;
  }

  /** Decrements mute and hold, ends the hold when the series is back, and starts both at an alarm. */
  #followAlarm(s: number, value: number, residual: number): void {
    const floats = this.#floats;
    const rows = floats[s + ROWS]!;
    if (floats[s + MUTE]! > 0) floats[s + MUTE]! -= 1;
    if (this.#holds(s, value, residual)) return;
    if (rows < WARM[0] || floats[s + MUTE]! > 0) return;
    const { score, view } = this.#judge(s, value, residual);
    if (score < 1) return;
    // A series that alarms again before its return must still return to the range of its first alarm.
    const lasts = floats[s + HOLD] === LASTING;
    floats[s + MUTE] = muteAfter(rows);
    floats[s + HOLD] = this.#settings.hold;
    if (lasts) return;
    floats[s + ALARMED] = view;
    floats[s + HELD_LOW] = floats[s + VIEWS_AT + view * VIEW + LOW]!;
    floats[s + HELD_HIGH] = floats[s + VIEWS_AT + view * VIEW + HIGH]!;
  }

  /** Decrements the hold. @returns whether the alarm was held; then no other alarm is possible */
  #holds(s: number, value: number, residual: number): boolean {
    const held = this.#floats[s + HOLD]!;
    if (held === 0) return false;
    const next = held - 1 || LASTING;
    const back = this.#stillBeyond(s, value, residual) < 1;
    this.#floats[s + HOLD] = back ? 0 : Math.max(next, LASTING);
    return held > 0;
  }
}
