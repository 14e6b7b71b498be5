/**
 * Averages the predictions of one model over fixed windows, for sources that hold one row a prediction and feature. An
 * attribution is the mean of |importance| of each feature in a window.
 *
 *     window k   = [k·w, (k+1)·w) of row time, UTC; its attribution has the time k·w
 *     it closes at watermark (k+1)·w + assembly window
 *
 * The time is the start, so an attribution whose time is after a marker or a repair holds nothing from before it.
 *
 * # State
 *
 * Each open window keeps a running mean a feature: open windows × features. There are at most two open windows while
 * rows come in time, and at most 64 while the watermark stands still. Then the oldest one closes early.
 */
import type { Row } from "../../stream/record.ts";
import type {
  Assembling,
  Assembly,
  Closed,
  FeatureSlots,
  RowPlacement,
  SavedWindows,
} from "./assembling.ts";
import { addTo, meanOf, noValues, type RunningMean } from "./running-mean.ts";

const maxOpen = 64;

interface OpenWindow {
  readonly start: number;
  /** Its newest row. */
  newest: number;
  rows: number;
  readonly means: Map<string, RunningMean>;
}

export interface WindowLimits {
  /** Width of the windows, microseconds. */
  readonly windowUs: number;
  readonly assemblyWindowUs: number;
  readonly maxFeatures: number;
}

export class PredictionWindows implements Assembling {
  readonly #slots: FeatureSlots;
  readonly #limits: WindowLimits;
  readonly #assembly: Assembly;
  /** Oldest first. */
  readonly #open: OpenWindow[];
  #closedUntil: number;
  /** Features of open windows that have no slot yet. */
  #newcomers: Set<string>;

  /** Windows that were saved with another width are dropped: their means have another meaning. */
  constructor(slots: FeatureSlots, limits: WindowLimits, assembly: Assembly) {
    const saved = assembly.windows?.width === limits.windowUs ? assembly.windows : undefined;
    this.#slots = slots;
    this.#limits = limits;
    this.#assembly = assembly;
    this.#open = (saved?.open ?? []).map(restored);
    this.#closedUntil = saved?.closedUntil ?? Number.NEGATIVE_INFINITY;
    this.#newcomers = this.#withoutSlot();
  }

  get due(): number {
    const oldest = this.#open[0];
    return oldest === undefined ? Number.POSITIVE_INFINITY : this.settledAt(this.#endOf(oldest));
  }

  get start(): number {
    return this.#open.at(-1)?.start ?? Number.NEGATIVE_INFINITY;
  }

  get heardUntil(): number {
    const newest = this.#open.at(-1);
    return newest === undefined ? Number.NEGATIVE_INFINITY : this.settledAt(this.#endOf(newest));
  }

  get unfinished(): number {
    return this.#open.reduce((sum, { rows }) => sum + rows, 0);
  }

  /** A window is complete only when its time has passed. */
  readonly isComplete = false;

  /** New rows go on where history ends, so they may belong to its newest window. */
  readonly isOverWithHistory = false;

  settledAt(time: number): number {
    const { windowUs, assemblyWindowUs } = this.#limits;
    return Math.ceil(time / windowUs) * windowUs + assemblyWindowUs;
  }

  add(row: Row): RowPlacement {
    if (row.ts < this.#closedUntil) return "late";
    const start = Math.floor(row.ts / this.#limits.windowUs) * this.#limits.windowUs;
    const known = this.#open.findLast((one) => one.start === start);
    if (known === undefined && this.#open.length >= maxOpen) return "belongs_to_next";
    if (!this.#hasRoomFor(row.feature, known)) return "too_many_features";
    const window = known ?? this.#begin(start);
    const running = window.means.get(row.feature) ?? noValues();
    addTo(running, row.importance);
    window.means.set(row.feature, running);
    window.rows++;
    window.newest = Math.max(window.newest, row.ts);
    return "placed";
  }

  isPassed(watermark: number): boolean {
    return watermark >= this.due;
  }

  forgetBeyond(limit: number): number {
    // The end of the newest closed window lies beyond the limit by up to a window, even if all its rows are below.
    if (this.#closedUntil - this.#limits.windowUs > limit)
      this.#closedUntil = Number.NEGATIVE_INFINITY;
    const first = this.#open.findIndex(({ start }) => start > limit);
    const dropped = first < 0 ? [] : this.#open.splice(first);
    this.#newcomers = this.#withoutSlot();
    return dropped.reduce((sum, { rows }) => sum + rows, 0);
  }

  finish(): Closed {
    const window = this.#open.shift()!;
    const until = this.#endOf(window);
    this.#closedUntil = until;
    const { start: at, newest, means } = window;
    const { memory } = this.#slots;
    memory.seenAt.fill(Number.NaN);
    memory.value.fill(Number.NaN);
    const newcomers = [];
    for (const [name, running] of means) {
      const slot = this.#slots.slotOf(name);
      const value = meanOf(running);
      if (slot !== undefined) {
        memory.seenAt[slot] = at;
        memory.value[slot] = value;
      } else if (!Number.isNaN(value)) newcomers.push({ name, ts: at, value });
    }
    newcomers.sort((a, b) => (a.name < b.name ? -1 : 1));
    return { at, until, newest, newcomers, conflicts: [] };
  }

  /** A window waits for no feature. The features of the closed one may have slots now. */
  expect(): void {
    if (this.#newcomers.size > 0) this.#newcomers = this.#withoutSlot();
  }

  saved(): Assembly {
    const open = this.#open.map(({ means, ...window }) => ({
      ...window,
      means: [...means].map(([name, { mean, count }]) => [name, mean, count] as const),
    }));
    const closedUntil = Number.isFinite(this.#closedUntil) ? this.#closedUntil : null;
    const windows = { width: this.#limits.windowUs, closedUntil, open };
    return { ...this.#assembly, windows };
  }

  #endOf({ start }: OpenWindow): number {
    return start + this.#limits.windowUs;
  }

  #begin(start: number): OpenWindow {
    const window = { start, newest: start, rows: 0, means: new Map<string, RunningMean>() };
    const after = this.#open.findIndex((one) => one.start > start);
    this.#open.splice(after < 0 ? this.#open.length : after, 0, window);
    return window;
  }

  /** Whether the feature has a slot, or may get one. Then it counts as a newcomer. */
  #hasRoomFor(feature: string, window: OpenWindow | undefined): boolean {
    if (window?.means.has(feature) === true || this.#newcomers.has(feature)) return true;
    if (this.#slots.slotOf(feature) !== undefined) return true;
    if (this.#slots.memory.nFeatures + this.#newcomers.size >= this.#limits.maxFeatures)
      return false;
    this.#newcomers.add(feature);
    return true;
  }

  #withoutSlot(): Set<string> {
    const names = this.#open.flatMap(({ means }) => [...means.keys()]);
    return new Set(names.filter((name) => this.#slots.slotOf(name) === undefined));
  }
}

const restored = ({ means, ...window }: SavedWindows["open"][number]): OpenWindow => ({
  ...window,
  means: new Map(means.map(([name, mean, count]) => [name, { mean, count }])),
});
