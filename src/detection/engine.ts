/**
 * The pure engine of a partition: records in, events out. It uses no clock, I/O or randomness, so a replay gives the
 * same events.
 */
import { messageOf } from "../errors.ts";
import { type ModelKey, modelName } from "../model-key.ts";
import type { ModelRecord, StreamRecord, TickRecord } from "../stream/record.ts";
import { type DetectionCounts, noCounts } from "./attribution/counts.ts";
import type { AttributionRecorder } from "./attribution-recorder.ts";
import { setAside } from "./episode/quarantine.ts";
import { unknownModel } from "./episode/verification.ts";
import type { DetectionEvent, Quarantined } from "./event.ts";
import { eventId } from "./event-id.ts";
import { type ModelContext, WatchedModel } from "./model.ts";
import { type ModelView, viewOf } from "./model-view.ts";
import {
  AdmissionControl,
  decodeEnded,
  encodeEnded,
  knownAtFirstStart,
  type Since,
  sinceOf,
} from "./partition/admission-control.ts";
import { CheckpointTracker } from "./partition/checkpoint-tracker.ts";
import { applyRecord, passTick } from "./partition/intake.ts";
import { PartitionRows, type StoredRows } from "./partition/partition-rows.ts";
import type { CountedBoundary } from "./partition/partition-store.ts";
import { type RowsBySource, withUnfinished } from "./partition/row-counts.ts";
import { TickSchedule } from "./partition/tick-schedule.ts";
import type { EngineSettings } from "./settings.ts";
import { decodeSnapshot, encodeSnapshot, shapingOf } from "./snapshot.ts";
import { WorkspacePool } from "./workspace.ts";

export type { ModelView } from "./model-view.ts";
export type { EngineSettings } from "./settings.ts";

export interface SavedModel {
  readonly state: Uint8Array;
  /** Offset of the newest record in the state. */
  readonly appliedThrough: number;
}

/** One partition's models. */
export class PartitionEngine {
  readonly #settings: EngineSettings;
  readonly #context: ModelContext;
  readonly #counts = noCounts();
  readonly #models = new Map<ModelKey, WatchedModel>();
  readonly #schedule = new TickSchedule(this.#models);
  readonly #admission: AdmissionControl;
  readonly #checkpoints = new CheckpointTracker();
  readonly #reshaped = new Set<ModelKey>();
  readonly #rows = new PartitionRows();
  #watermarks: ReadonlyMap<string, number> = new Map();

  /** @param history receives every attribution as it was judged */
  constructor(settings: EngineSettings, history?: AttributionRecorder) {
    this.#settings = settings;
    this.#admission = new AdmissionControl(settings);
    this.#context = { settings, pool: new WorkspacePool(), counts: this.#counts, history };
  }

  /** Models restored from a state of another version or other settings: their decisions may differ from stored ones. */
  get reshaped(): ReadonlySet<ModelKey> {
    return this.#reshaped;
  }

  /** What became of the rows, for metrics. */
  get counters(): Readonly<DetectionCounts> {
    return this.#counts;
  }

  /** The watermark of each source, microseconds: all rows up to it have come. A new map with each tick. */
  get watermarks(): ReadonlyMap<string, number> {
    return this.#watermarks;
  }

  /**
   * Applies one record; a model that has already applied this offset skips it. Bad rows are counted, never thrown.
   *
   * @returns events in the order decided
   */
  apply(offset: number, record: StreamRecord): readonly DetectionEvent[] {
    if (record.kind === "tick") return this.#tick(offset, record);
    if (this.#checkpoints.hasApplied(record.model, offset)) {
      this.#countRefused(offset, record);
      return [];
    }
    if (record.kind === "verify" && !this.#models.has(record.model)) return [unknownModel(record)];
    const model = this.#modelOf(offset, record);
    if (model === undefined) return [];
    applyRecord(model, record, this.#counts);
    this.#checkpoints.changed(model.key, offset);
    this.#schedule.changed(model);
    return model.takeEvents();
  }

  /**
   * Sets a record aside. The model continues with the next record, and is unhealthy until enough attributions succeed.
   */
  quarantine(model: ModelKey, offset: number, error: string): readonly DetectionEvent[] {
    const watched = this.#models.get(model);
    const at = watched?.facts.lastAt ?? 0;
    const id = eventId(model, "quarantined", at, error);
    const quarantined: Quarantined = { type: "quarantined", id, model, at, error };
    if (watched === undefined) return [quarantined];
    watched.takeEvents();
    this.#checkpoints.changed(model, offset);
    const opened = setAside(watched, error);
    return opened === undefined ? [quarantined] : [quarantined, opened];
  }

  /** @returns sections of the state that did not fit the settings and are learned from scratch; `all` for an unknown format */
  restore(model: ModelKey, saved: SavedModel): readonly string[] {
    const ended = decodeEnded(saved.state);
    if (ended !== undefined) {
      this.#admission.restored(model, ended.stays);
      this.#rows.end(model, ended.rows);
      this.#checkpoints.restoredEnd(model, saved.appliedThrough);
      return [];
    }
    const decoded = decodeSnapshot(saved.state, (source) => shapingOf(this.#settings, source));
    if (decoded === undefined) {
      // The state cannot be read, but the model existed before.
      this.#reshaped.add(model);
      this.#counts.sectionsDropped++;
      const { source } = modelName(model);
      this.#restored(new WatchedModel(model, this.#context, source), knownAtFirstStart);
      return ["all"];
    }
    this.#counts.sectionsDropped += decoded.dropped.length;
    if (!decoded.unchanged) this.#reshaped.add(model);
    const restored = new WatchedModel(model, this.#context, decoded);
    if (decoded.dropped.includes("own")) restored.rebaseline();
    const { facts } = restored;
    // An offset above the applied one is from an earlier stream.
    if (facts.since.offset > saved.appliedThrough) facts.since = { ...facts.since, offset: -1 };
    this.#restored(restored, facts.since);
    this.#checkpoints.restored(model, saved.appliedThrough);
    return decoded.dropped;
  }

  /**
   * Snapshots of models changed since they were saved, longest unsaved first. Call {@link saved} or
   * {@link saveFailed} afterwards.
   *
   * @param maxBytes of all states together; one is given even if it is larger
   * @param except models that stay as they are
   */
  takeDirty(
    maxBytes: number,
    except: ReadonlySet<ModelKey> = new Set(),
  ): readonly ({ readonly model: ModelKey } & SavedModel)[] {
    const taken: ({ readonly model: ModelKey } & SavedModel)[] = [];
    let bytes = 0;
    for (const { model, endedAt } of this.#checkpoints.dirty()) {
      if (except.has(model)) continue;
      const state = endedAt === undefined ? this.#stateOf(model) : this.#endedStateOf(model);
      bytes += state.length;
      if (taken.length > 0 && bytes > maxBytes) break;
      const appliedThrough = endedAt ?? this.#checkpoints.appliedThrough(model);
      taken.push({ model, state, appliedThrough });
      if (bytes >= maxBytes) break;
    }
    this.#checkpoints.saving(taken.map(({ model }) => model));
    return taken;
  }

  saved(models: readonly ModelKey[]): void {
    this.#checkpoints.saved(models);
  }

  saveFailed(models: readonly ModelKey[]): void {
    this.#checkpoints.saveFailed(models);
  }

  /**
   * The offset from which a new engine must read to catch up with unsaved changes, and the forgotten models that it
   * does not need. Call {@link moved} once it is stored.
   *
   * @param next offset up to which, not including it, everything that was decided is stored
   */
  boundary(next: number): CountedBoundary {
    const boundary = this.#checkpoints.boundary(next);
    return { ...boundary, rows: this.#rows.after(boundary) };
  }

  /** The boundary is stored: rows are counted from there, and its ended models are dropped. */
  moved(boundary: CountedBoundary): void {
    this.#checkpoints.forget(boundary.ended);
    for (const model of boundary.ended) this.#admission.forget(model);
    this.#rows.moved(boundary, boundary.rows);
  }

  /** @param stored counts in the partition's row of the rows that are in no model's state */
  restoreRows(stored: StoredRows): void {
    this.#rows.restore(stored);
  }

  /** What became of all rows of the partition, including those that earlier owners of the partition have processed. */
  rows(): RowsBySource {
    return this.#rows.with(
      [...this.#models.values()].map((model) => [model.key, withUnfinished(model)]),
    );
  }

  *models(): IterableIterator<ModelView> {
    for (const model of this.#models.values()) yield viewOf(model);
  }

  /** The keys of all models. Unlike the views, they cost nothing. */
  modelKeys(): Iterable<ModelKey> {
    return this.#models.keys();
  }

  model(key: ModelKey): ModelView | undefined {
    const model = this.#models.get(key);
    return model === undefined ? undefined : viewOf(model);
  }

  #stateOf(key: ModelKey): Uint8Array {
    const model = this.#models.get(key)!;
    return encodeSnapshot(model.parts(), shapingOf(this.#settings, model.facts.source));
  }

  #endedStateOf(key: ModelKey): Uint8Array {
    return encodeEnded({ stays: this.#admission.ended(key), rows: this.#rows.ended(key) });
  }

  #modelOf(offset: number, record: ModelRecord): WatchedModel | undefined {
    const known = this.#models.get(record.model);
    // Only rows make a model known. A marker with a mistyped name would otherwise add a model that nobody has.
    if (known !== undefined || !("rows" in record)) return known;
    const since = sinceOf(offset, record);
    if (this.#admission.refuses(since) !== undefined) {
      this.#countRefused(offset, record);
      return undefined;
    }
    const made = new WatchedModel(record.model, this.#context, record.source);
    made.facts.since = since;
    this.#models.set(record.model, made);
    this.#admission.join(record.model, since);
    return made;
  }

  /** Counts the rows of a record whose model was refused, also when a replay reads the record again. */
  #countRefused(offset: number, record: ModelRecord): void {
    if (!("rows" in record) || this.#admission.watches(record.model, offset)) return;
    const outcome = this.#admission.refuses(sinceOf(offset, record));
    if (outcome === undefined) return;
    const rows = this.#rows.refuse(offset, record, outcome);
    this.#counts.rows += record.rows.length;
    this.#counts.dropped[outcome] += rows;
    this.#counts.dropped.seen_position += record.rows.length - rows;
  }

  #restored(model: WatchedModel, since: Since): void {
    this.#models.set(model.key, model);
    this.#schedule.changed(model);
    this.#admission.restored(model.key, [{ since, until: Number.POSITIVE_INFINITY }]);
  }

  #tick(offset: number, tick: TickRecord): readonly DetectionEvent[] {
    this.#counts.ticks++;
    const { source, watermark } = tick;
    const reached = Math.max(watermark, this.#watermarks.get(source) ?? watermark);
    this.#watermarks = new Map(this.#watermarks).set(source, reached);
    const events: DetectionEvent[] = [];
    for (const model of this.#schedule.take(tick)) {
      const isNew = !this.#checkpoints.hasApplied(model.key, offset);
      if (isNew) for (const event of this.#tickOne(model, offset, tick)) events.push(event);
      if (this.#models.has(model.key)) this.#schedule.changed(model);
    }
    return events;
  }

  /** Passes the tick to one model. If the model throws, the other models still get their tick. */
  #tickOne(model: WatchedModel, offset: number, tick: TickRecord): readonly DetectionEvent[] {
    try {
      const changed = passTick(model, tick, this.#counts);
      if (tick.watermark >= model.retiredAt) this.#retire(model, offset, tick.watermark);
      else if (changed) this.#checkpoints.changed(model.key, offset);
      return model.takeEvents();
    } catch (error) {
      return this.quarantine(model.key, offset, messageOf(error));
    }
  }

  #retire(model: WatchedModel, offset: number, watermark: number): void {
    model.retire(watermark);
    this.#models.delete(model.key);
    this.#schedule.left(model.key);
    this.#admission.leave(model.key, offset);
    this.#rows.end(model.key, withUnfinished(model));
    this.#checkpoints.end(model.key, offset);
  }
}
