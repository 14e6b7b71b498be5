/** Collects the importances of one model that belong together in time into one attribution. */
import type { Row } from "../../stream/record.ts";
import type {
  Assembling,
  Assembly,
  Closed,
  FeatureSlots,
  Newcomer,
  RowPlacement,
} from "./assembling.ts";
import type { DropReason } from "./counts.ts";

/** If a feature is absent from so many attributions in a row, the next attribution no longer waits for it. */
const givenUpAfter = 3;

export interface AssemblyLimits {
  readonly assemblyWindowUs: number;
  readonly maxFeatures: number;
}

/**
 * An attribution ends when every expected feature has come, when a feature comes again with a time after the newest
 * row, or when a row or the watermark reaches the end of the assembly window. The caller then closes it with
 * {@link finish}, judges it, and calls {@link expect}.
 *
 * A complete attribution stays open until a row of another time or the end of the record. So a new feature that was
 * written with the others takes part, although no attribution has waited for it.
 */
export class Assembler implements Assembling {
  readonly #slots: FeatureSlots;
  readonly #limits: AssemblyLimits;
  readonly #assembly: Assembly;
  readonly #newcomers: Map<string, { ts: number; value: number }>;

  constructor(slots: FeatureSlots, limits: AssemblyLimits, assembly: Assembly) {
    this.#slots = slots;
    this.#limits = limits;
    this.#assembly = assembly;
    this.#newcomers = new Map(
      assembly.newcomers.map(([name, ts, value]) => [name, { ts, value: value ?? Number.NaN }]),
    );
    // States of older versions lack the number. They have at least a row for each feature that has come.
    assembly.rows ??= assembly.open ? this.#featuresThatCame() : 0;
  }

  get due(): number {
    const { open, start } = this.#assembly;
    return open ? start + this.#limits.assemblyWindowUs : Number.POSITIVE_INFINITY;
  }

  /** Oldest row of the open attribution; -Infinity while there is none. */
  get start(): number {
    return this.#assembly.open ? this.#assembly.start : Number.NEGATIVE_INFINITY;
  }

  readonly heardUntil = Number.NEGATIVE_INFINITY;

  get unfinished(): number {
    return this.#assembly.rows ?? 0;
  }

  get isOverWithHistory(): boolean {
    return this.#assembly.open;
  }

  settledAt(time: number): number {
    return time;
  }

  saved(): Assembly {
    const newcomers = [...this.#newcomers].map(
      ([name, { ts, value }]): [string, number, number | null] => [
        name,
        ts,
        Number.isNaN(value) ? null : value,
      ],
    );
    const { windows: _, ...assembly } = this.#assembly;
    return { ...assembly, newcomers };
  }

  add(row: Row): RowPlacement {
    const slot = this.#slots.slotOf(row.feature);
    const seen = this.#seenAt(row.feature, slot);
    if (seen === row.ts) return this.#again(row, slot);
    const { open, end } = this.#assembly;
    const repeats = seen !== undefined && !Number.isNaN(seen);
    const isOver =
      open &&
      (row.ts >= this.due || (repeats && row.ts > end) || (this.isComplete && row.ts !== end));
    return isOver ? "belongs_to_next" : this.#join(row, slot);
  }

  get isComplete(): boolean {
    const { open, came, expected, patient } = this.#assembly;
    return open && !patient && expected > 0 && came >= expected;
  }

  isPassed(watermark: number): boolean {
    return this.#assembly.open && watermark >= this.due;
  }

  forgetBeyond(limit: number): number {
    const assembly = this.#assembly;
    if (assembly.lastEnd !== null && assembly.lastEnd > limit) {
      assembly.lastEnd = null;
      delete assembly.lastStart;
    }
    if (!assembly.open || assembly.start <= limit) return 0;
    const { seenAt, value } = this.#slots.memory;
    const dropped = this.unfinished;
    this.#newcomers.clear();
    seenAt.fill(Number.NaN);
    value.fill(Number.NaN);
    assembly.open = false;
    assembly.rows = 0;
    return dropped;
  }

  finish(): Closed {
    const assembly = this.#assembly;
    const newcomers = this.#takeNewcomers();
    const { conflicts } = assembly;
    assembly.conflicts = [];
    assembly.open = false;
    assembly.rows = 0;
    assembly.patient = false;
    assembly.lastEnd = assembly.end;
    assembly.lastStart = assembly.start;
    const at = assembly.end;
    return { at, until: at, newest: at, newcomers, conflicts };
  }

  expect(): void {
    let expected = 0;
    const { absent } = this.#slots.memory;
    for (let i = 0; i < absent.length; i++) if (absent[i]! < givenUpAfter) expected++;
    this.#assembly.expected = expected;
  }

  /** New features in order of their names, without those that had no usable value. */
  #takeNewcomers(): readonly Newcomer[] {
    if (this.#newcomers.size === 0) return [];
    const newcomers = [...this.#newcomers]
      .filter(([, { value }]) => !Number.isNaN(value))
      .map(([name, { ts, value }]) => ({ name, ts, value }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
    this.#newcomers.clear();
    return newcomers;
  }

  #featuresThatCame(): number {
    const { seenAt } = this.#slots.memory;
    return seenAt.reduce((n, ts) => n + (Number.isNaN(ts) ? 0 : 1), this.#newcomers.size);
  }

  #seenAt(feature: string, slot: number | undefined): number | undefined {
    return slot === undefined ? this.#newcomers.get(feature)?.ts : this.#slots.memory.seenAt[slot];
  }

  /** Handles a second row of one feature at one time. It is a copy, or another exporter wrote it. */
  #again(row: Row, slot: number | undefined): DropReason {
    const first =
      slot === undefined
        ? (this.#newcomers.get(row.feature)?.value ?? Number.NaN)
        : this.#slots.memory.value[slot]!;
    const value = Number.isFinite(row.importance) ? row.importance : Number.NaN;
    if (Object.is(first, value) || first === value) return "duplicate";
    const { conflicts } = this.#assembly;
    if (conflicts.length < 10 && !conflicts.includes(row.feature)) conflicts.push(row.feature);
    return "second_value";
  }

  #join(row: Row, slot: number | undefined): RowPlacement {
    const assembly = this.#assembly;
    const passed = assembly.lastEnd !== null && row.ts <= assembly.lastEnd;
    if (!assembly.open) {
      if (passed || this.#fillsHole(row, slot)) return this.#lateRow(row, slot);
      this.#begin(row.ts);
    } else if (passed || row.ts < assembly.start - this.#limits.assemblyWindowUs) {
      return "late";
    }
    return this.#place(row, slot);
  }

  /** Whether the last attribution closed without this feature, and the row is within a window of its oldest row. */
  #fillsHole(row: Row, slot: number | undefined): boolean {
    const { lastStart } = this.#assembly;
    if (lastStart === undefined || row.ts >= lastStart + this.#limits.assemblyWindowUs)
      return false;
    if (row.ts < lastStart - this.#limits.assemblyWindowUs) return false;
    return slot === undefined || this.#slots.memory.absent[slot]! > 0;
  }

  /** The next attribution waits for a feature that came unexpectedly. A feature that came late is not missing. */
  #lateRow(row: Row, slot: number | undefined): DropReason {
    const { memory } = this.#slots;
    if (slot === undefined && this.#isFull()) return "too_many_features";
    if (slot === undefined || memory.absent[slot]! >= givenUpAfter) this.#assembly.patient = true;
    else if (this.#fillsHole(row, slot)) memory.absent[slot] = 0;
    return "late";
  }

  #isFull(): boolean {
    return this.#slots.memory.nFeatures + this.#newcomers.size >= this.#limits.maxFeatures;
  }

  #begin(ts: number): void {
    const { memory } = this.#slots;
    memory.seenAt.fill(Number.NaN);
    memory.value.fill(Number.NaN);
    const assembly = this.#assembly;
    assembly.open = true;
    assembly.start = ts;
    assembly.end = ts;
    assembly.came = 0;
  }

  #place(row: Row, slot: number | undefined): RowPlacement {
    const { memory } = this.#slots;
    const assembly = this.#assembly;
    const value = Number.isFinite(row.importance) ? row.importance : Number.NaN;
    if (slot !== undefined) {
      // A feature that comes again counts once. Otherwise the attribution would close before another feature has come.
      const isFirst = Number.isNaN(memory.seenAt[slot]);
      memory.value[slot] = value;
      memory.seenAt[slot] = row.ts;
      if (isFirst && memory.absent[slot]! < givenUpAfter) assembly.came++;
    } else if (this.#isFull()) {
      return "too_many_features";
    } else {
      this.#newcomers.set(row.feature, { ts: row.ts, value });
    }
    assembly.rows = this.unfinished + 1;
    assembly.start = Math.min(assembly.start, row.ts);
    assembly.end = Math.max(assembly.end, row.ts);
    return "placed";
  }
}
