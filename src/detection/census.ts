/**
 * Who may join a partition's models: how many there are, and how many of them are new in their hour. Time is that of
 * the rows, and all counts are as of an offset, so that a replay admits and refuses the same models: it may know some
 * already that joined only later.
 */
import type { ModelKey } from "../model-key.ts";
import type { ModelRecord } from "../stream/record.ts";
import type { EngineSettings } from "./settings.ts";

/** Since when a model is watched. */
export interface Since {
  /** Of the record that brought it; -1 when it is not known. */
  readonly offset: number;
  /** Time of that record, microseconds since 1970; null for a model that was known at the first start. */
  readonly at: number | null;
}

export const knownAtFirstStart: Since = { offset: -1, at: null };

const hour = 3_600_000_000;

/** What a record that brings a model says of its time: that of its newest row, 1970 when no row has a time. */
export function sinceOf(offset: number, record: ModelRecord): Since {
  if (record.kind === "rows") {
    const newest = record.rows.findLast(({ ts }) => Number.isFinite(ts));
    return { offset, at: newest?.ts ?? 0 };
  }
  return { offset, at: record.kind === "marker" ? record.at : null };
}

/** One life of a model. */
export interface Stay {
  readonly since: Since;
  /** Offset at which it was forgotten; Infinity while it is watched. */
  until: number;
}

type AdmissionLimits = Pick<EngineSettings, "maxModels" | "maxNewModelsPerHour">;

export class Census {
  readonly #limits: AdmissionLimits;
  #size = 0;
  /** Oldest first. Those that are over stay here as long as a replay may begin before their end. */
  readonly #stays = new Map<ModelKey, readonly Stay[]>();
  /** By the hour of their beginning. */
  readonly #byHour = new Map<number, readonly Stay[]>();
  /** From here on everything that is known has happened. */
  #newestRestored = -1;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** @returns why no model may join now, or undefined when it may */
  refuses({ offset, at }: Since): "too_many_models" | "too_many_new_models" | undefined {
    if (this.#sizeAt(offset) >= this.#limits.maxModels) return "too_many_models";
    if (at === null) return undefined;
    const joined = countAt(offset, this.#byHour.get(hourOf(at)) ?? []);
    return joined >= this.#limits.maxNewModelsPerHour ? "too_many_new_models" : undefined;
  }

  join(model: ModelKey, since: Since): void {
    this.#add(model, { since, until: Number.POSITIVE_INFINITY });
  }

  leave(model: ModelKey, until: number): void {
    const stay = this.#stays.get(model)?.at(-1);
    if (stay === undefined) return;
    stay.until = until;
    this.#size--;
  }

  /** What is over of a model's stays. */
  ended(model: ModelKey): readonly Stay[] {
    return (this.#stays.get(model) ?? []).filter(isOver);
  }

  /** A model that was known in an earlier life of the partition. */
  restored(model: ModelKey, stays: readonly Stay[]): void {
    for (const stay of stays) {
      this.#add(model, stay);
      const newest = isOver(stay) ? stay.until : stay.since.offset;
      this.#newestRestored = Math.max(this.#newestRestored, newest);
    }
  }

  /** No replay will begin before the end of what is over. */
  forget(model: ModelKey): void {
    const over = this.ended(model);
    drop(this.#stays, model, over);
    for (const { since } of over) if (since.at !== null) drop(this.#byHour, hourOf(since.at), over);
  }

  #add(model: ModelKey, stay: Stay): void {
    const { at } = stay.since;
    if (!isOver(stay)) this.#size++;
    this.#stays.set(model, [...(this.#stays.get(model) ?? []), stay]);
    if (at !== null) this.#byHour.set(hourOf(at), [...(this.#byHour.get(hourOf(at)) ?? []), stay]);
  }

  #sizeAt(offset: number): number {
    if (offset > this.#newestRestored) return this.#size;
    let size = 0;
    for (const stays of this.#stays.values()) size += countAt(offset, stays);
    return size;
  }
}

const hourOf = (at: number): number => Math.floor(at / hour);
const isOver = ({ until }: Stay): boolean => until !== Number.POSITIVE_INFINITY;

function countAt(offset: number, stays: readonly Stay[]): number {
  let count = 0;
  for (const { since, until } of stays) if (since.offset < offset && offset < until) count++;
  return count;
}

function drop<Key>(lists: Map<Key, readonly Stay[]>, key: Key, over: readonly Stay[]): void {
  const rest = (lists.get(key) ?? []).filter((stay) => !over.includes(stay));
  if (rest.length === 0) lists.delete(key);
  else lists.set(key, rest);
}

/** What stands in the place of a model's state until no replay can begin before its end: a header of no length, its stays. */
export function encodeEnded(stays: readonly Stay[]): Uint8Array {
  return Buffer.concat([Buffer.alloc(4), Buffer.from(JSON.stringify(stays))]);
}

/** @returns undefined when these bytes are no end, but a state */
export function decodeEnded(state: Uint8Array): readonly Stay[] | undefined {
  const bytes = Buffer.from(state.buffer, state.byteOffset, state.byteLength);
  if (bytes.length <= 4 || bytes.readUInt32LE(0) !== 0) return undefined;
  const stays: readonly Stay[] = JSON.parse(bytes.toString("utf8", 4));
  return stays;
}
