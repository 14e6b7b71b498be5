/**
 * Decides whether a new model may join a partition. There is a limit on the number of models, and a limit on those that
 * are new within one hour.
 *
 * # Why models are counted by offset
 *
 * A replay must admit and refuse the same models as the first pass. After a crash all saved states are loaded, and then
 * older records are read again. So the memory already holds models that joined later than the record in question. If
 * they counted, the replay could refuse a model that was admitted before. Therefore:
 *
 *     a model counts at offset o  ⇔  since.offset < o < until
 *
 * For the same reason hours come from the timestamps of rows, never from a clock.
 *
 * # Forgotten models
 *
 * A model that was forgotten still counts for records from before the moment at which it was forgotten. So when it
 * joined and when it was forgotten (its *stay*) is stored where its state was, as long as a replay may begin before
 * that moment.
 */
import type { ModelKey } from "../../model-key.ts";
import type { HistoryRecord, RowsRecord } from "../../stream/record.ts";
import type { EngineSettings } from "../settings.ts";
import type { RowCounts } from "./row-counts.ts";

/** When a model joined. */
export interface Since {
  /** Offset of the record with which it joined; -1 when that is not known. */
  readonly offset: number;
  /**
   * Time of that record, microseconds since 1970; null for a model that joined with history, or was known at the first
   * start.
   */
  readonly at: number | null;
}

export const knownAtFirstStart: Since = { offset: -1, at: null };

const hourUs = 3_600_000_000;

/**
 * When a model joins with this record. The time of a record of rows is that of its newest row, or 1970 if no row has a
 * time. History has none.
 */
export function sinceOf(offset: number, record: RowsRecord | HistoryRecord): Since {
  if (record.kind === "history") return { offset, at: null };
  const newest = record.rows.findLast(({ ts }) => Number.isFinite(ts));
  return { offset, at: newest?.ts ?? 0 };
}

/**
 * The time in which a model is watched, from its joining until it is forgotten. A model that comes back later has
 * another stay.
 */
export interface Stay {
  readonly since: Since;
  /** Offset at which it was forgotten; Infinity while it is watched. */
  until: number;
}

/** The models that joined within one hour. */
interface Hour {
  readonly stays: Set<Stay>;
  /** How many of these stays are not over. */
  watched: number;
}

type AdmissionLimits = Pick<EngineSettings, "maxModels" | "maxNewModelsPerHour">;

export class AdmissionControl {
  readonly #limits: AdmissionLimits;
  #size = 0;
  /** Stays of each model, oldest first. Those that are over are kept as long as a replay may begin before their end. */
  readonly #stays = new Map<ModelKey, readonly Stay[]>();
  /** Stays by the hour in which they began, and how many of them are not over. */
  readonly #byHour = new Map<number, Hour>();
  /**
   * Newest offset at which a restored model joined or ended. For later offsets the number of models in memory is right.
   */
  #newestRestored = -1;

  constructor(limits: AdmissionLimits) {
    this.#limits = limits;
  }

  /** @returns why no model may join now, or undefined when it may */
  refuses({ offset, at }: Since): "too_many_models" | "too_many_new_models" | undefined {
    if (this.#sizeAt(offset) >= this.#limits.maxModels) return "too_many_models";
    if (at === null) return undefined;
    return this.#joinedAt(offset, hourOf(at)) >= this.#limits.maxNewModelsPerHour
      ? "too_many_new_models"
      : undefined;
  }

  /** Whether the model was watched at the offset, in its current stay or in an earlier one. */
  watches(model: ModelKey, offset: number): boolean {
    const stays = this.#stays.get(model) ?? [];
    return stays.some(({ since, until }) => since.offset <= offset && offset <= until);
  }

  join(model: ModelKey, since: Since): void {
    this.#add(model, { since, until: Number.POSITIVE_INFINITY });
  }

  leave(model: ModelKey, until: number): void {
    const stay = this.#stays.get(model)?.at(-1);
    if (stay === undefined) return;
    stay.until = until;
    this.#size--;
    const { at } = stay.since;
    if (at !== null) this.#hour(hourOf(at)).watched--;
  }

  /** The stays of a model that are over. */
  ended(model: ModelKey): readonly Stay[] {
    return (this.#stays.get(model) ?? []).filter(isOver);
  }

  /** Adds the stays of a model that were saved under an earlier claim. */
  restored(model: ModelKey, stays: readonly Stay[]): void {
    for (const stay of stays) {
      this.#add(model, stay);
      const newest = isOver(stay) ? stay.until : stay.since.offset;
      this.#newestRestored = Math.max(this.#newestRestored, newest);
    }
  }

  /** Drops the stays that are over, once no replay can begin before their end. */
  forget(model: ModelKey): void {
    const over = this.ended(model);
    const rest = (this.#stays.get(model) ?? []).filter((stay) => !isOver(stay));
    if (rest.length === 0) this.#stays.delete(model);
    else this.#stays.set(model, rest);
    for (const stay of over)
      if (stay.since.at !== null) this.#dropFrom(hourOf(stay.since.at), stay);
  }

  #add(model: ModelKey, stay: Stay): void {
    const { at } = stay.since;
    if (!isOver(stay)) this.#size++;
    this.#stays.set(model, [...(this.#stays.get(model) ?? []), stay]);
    if (at === null) return;
    const hour = this.#hour(hourOf(at));
    hour.stays.add(stay);
    if (!isOver(stay)) hour.watched++;
  }

  #hour(hour: number): Hour {
    const known = this.#byHour.get(hour) ?? { stays: new Set(), watched: 0 };
    this.#byHour.set(hour, known);
    return known;
  }

  #dropFrom(at: number, stay: Stay): void {
    const { stays } = this.#hour(at);
    stays.delete(stay);
    if (stays.size === 0) this.#byHour.delete(at);
  }

  #joinedAt(offset: number, hour: number): number {
    const { stays, watched } = this.#byHour.get(hour) ?? { stays: [], watched: 0 };
    return offset > this.#newestRestored ? watched : countAt(offset, stays);
  }

  #sizeAt(offset: number): number {
    if (offset > this.#newestRestored) return this.#size;
    let size = 0;
    for (const stays of this.#stays.values()) size += countAt(offset, stays);
    return size;
  }
}

const hourOf = (at: number): number => Math.floor(at / hourUs);
const isOver = ({ until }: Stay): boolean => until !== Number.POSITIVE_INFINITY;

function countAt(offset: number, stays: Iterable<Stay>): number {
  let count = 0;
  for (const { since, until } of stays) if (since.offset < offset && offset < until) count++;
  return count;
}

/** What is kept of a forgotten model. */
export interface Ended {
  readonly stays: readonly Stay[];
  /** What became of its rows. */
  readonly rows: RowCounts;
}

/**
 * What is saved for a forgotten model in the place of its state: a header of length 0, then its stays and its rows. A
 * state never begins with a length of 0.
 */
export function encodeEnded(ended: Ended): Uint8Array {
  return Buffer.concat([Buffer.alloc(4), Buffer.from(JSON.stringify(ended))]);
}

/** @returns undefined when these bytes are a state; older versions have saved the stays alone */
export function decodeEnded(state: Uint8Array): Ended | undefined {
  const bytes = Buffer.from(state.buffer, state.byteOffset, state.byteLength);
  if (bytes.length <= 4 || bytes.readUInt32LE(0) !== 0) return undefined;
  const saved: Ended | readonly Stay[] = JSON.parse(bytes.toString("utf8", 4));
  return "stays" in saved ? saved : { stays: saved, rows: {} };
}
