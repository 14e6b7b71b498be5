/** The pure heart of detection: records in, events out. No clock, no I/O, no chance: a replay decides the same. */
import { messageOf } from "../errors.ts";
import { type ModelKey, modelName } from "../stream/model-key.ts";
import type { StreamRecord, TickRecord } from "../stream/record.ts";
import { type DetectionCounts, noCounts } from "./counts.ts";
import type { DetectionEvent, DetectorScore, EpisodeKind, Quarantined } from "./event.ts";
import { eventId } from "./event-id.ts";
import { applyRecord, type ModelRecord, passTick } from "./intake.ts";
import { Ledger } from "./ledger.ts";
import { type ModelContext, WatchedModel } from "./model.ts";
import { ScratchPool } from "./scratch.ts";
import type { EngineSettings } from "./settings.ts";
import { decodeSnapshot, encodeSnapshot, type Shaping } from "./snapshot.ts";
import { unknownModel } from "./verification.ts";

export type { EngineSettings } from "./settings.ts";

export interface SavedModel {
  readonly state: Uint8Array;
  /** Offset of the newest record in the state. */
  readonly appliedThrough: number;
}

/** What metrics and the API may know of a model. */
export interface ModelView {
  readonly model: ModelKey;
  readonly source: string;
  /** Time of the newest attribution, microseconds. */
  readonly lastAt: number | undefined;
  readonly learned: number;
  /** How far a slow model is learned: `9/14` before it is judged, then `provisional`; undefined once it is warm, or not slow. */
  readonly warmUp: string | undefined;
  /** Microseconds. */
  readonly cadence: number | undefined;
  readonly features: number;
  readonly openEpisode:
    | { readonly id: string; readonly kind: EpisodeKind; readonly at: number }
    | undefined;
  /** Newest, by detector. */
  readonly scores: readonly DetectorScore[];
  readonly silent: boolean;
  /** A record of it was quarantined. */
  readonly unhealthy: boolean;
}

interface SourceTick {
  readonly watermark: number;
  readonly offset: number;
}

/** One partition's models. */
export class PartitionEngine {
  readonly #settings: EngineSettings;
  readonly #context: ModelContext;
  readonly #counts = noCounts();
  readonly #models = new Map<ModelKey, WatchedModel>();
  readonly #ticks = new Map<string, SourceTick>();
  readonly #ledger = new Ledger();

  constructor(settings: EngineSettings) {
    this.#settings = settings;
    this.#context = { settings, pool: new ScratchPool(), counts: this.#counts };
  }

  /** What became of the rows, for metrics. */
  get counters(): Readonly<DetectionCounts> {
    return this.#counts;
  }

  /** Newest watermark of any source, microseconds; undefined before the first tick. */
  get watermark(): number | undefined {
    const marks = [...this.#ticks.values()].map((tick) => tick.watermark);
    return marks.length === 0 ? undefined : Math.max(...marks);
  }

  /**
   * Applies one record; a model that has already applied this offset skips it. Bad rows are counted, never thrown.
   *
   * @returns events in the order decided
   */
  apply(offset: number, record: StreamRecord): readonly DetectionEvent[] {
    if (record.kind === "tick") return this.#tick(offset, record);
    if (this.#ledger.hasApplied(record.model, offset)) return [];
    if (record.kind === "verify" && !this.#models.has(record.model)) return [unknownModel(record)];
    const model = this.#modelOf(record);
    if (model === undefined) return [];
    const watermark = this.#ticks.get(model.facts.source)?.watermark;
    applyRecord(model, record, { counts: this.#counts, watermark });
    this.#changed(model, offset);
    return model.takeEvents();
  }

  /** Sets a record of a model aside: the model is unhealthy from now on, and goes on with the next record. */
  quarantine(model: ModelKey, offset: number, error: string): Quarantined {
    const watched = this.#models.get(model);
    const at = watched?.facts.lastAt ?? 0;
    if (watched !== undefined) {
      watched.takeEvents();
      watched.facts.unhealthy = true;
      this.#changed(watched, offset);
    }
    const id = eventId(model, "quarantined", at, error);
    return { type: "quarantined", id, model, at, error };
  }

  /** @returns sections of the state that did not fit the settings and are learned anew; `all` for an unknown format */
  restore(model: ModelKey, saved: SavedModel): readonly string[] {
    const decoded = decodeSnapshot(saved.state, (source) => this.#shaping(source));
    if (decoded === undefined) {
      this.#counts.sectionsDropped++;
      return ["all"];
    }
    this.#counts.sectionsDropped += decoded.dropped.length;
    const restored = new WatchedModel(model, this.#context, decoded);
    if (decoded.dropped.includes("own")) restored.relearn();
    this.#models.set(model, restored);
    this.#ledger.restored(model, saved.appliedThrough);
    return decoded.dropped;
  }

  /**
   * Snapshots of models changed since they were saved, longest unsaved first. Tell {@link saved} or
   * {@link saveFailed} how it went.
   *
   * @param maxBytes of all states together; one is given even if it is larger
   */
  takeDirty(maxBytes: number): readonly ({ readonly model: ModelKey } & SavedModel)[] {
    const taken: ({ readonly model: ModelKey } & SavedModel)[] = [];
    let bytes = 0;
    for (const key of this.#ledger.dirty()) {
      const model = this.#models.get(key)!;
      const state = encodeSnapshot(model.parts(), this.#shaping(model.facts.source));
      bytes += state.length;
      if (taken.length > 0 && bytes > maxBytes) break;
      taken.push({ model: key, state, appliedThrough: this.#ledger.appliedThrough(key) });
      if (bytes >= maxBytes) break;
    }
    this.#ledger.saving(taken.map(({ model }) => model));
    return taken;
  }

  saved(models: readonly ModelKey[]): void {
    this.#ledger.saved(models);
  }

  saveFailed(models: readonly ModelKey[]): void {
    this.#ledger.saveFailed(models);
  }

  /** Smallest offset from which a new engine must read to catch up with what is unsaved; undefined when nothing is. */
  replayFrom(): number | undefined {
    return this.#ledger.replayFrom();
  }

  *models(): IterableIterator<ModelView> {
    for (const model of this.#models.values()) yield viewOf(model);
  }

  #shaping(source: string): Shaping {
    return { transform: this.#settings.source(source).transform, uses: this.#settings.detectors };
  }

  #changed(model: WatchedModel, offset: number): void {
    // Without the tick before it a change could be decided otherwise when it is computed again.
    const tick = this.#ticks.get(model.facts.source)?.offset ?? offset;
    this.#ledger.changed(model.key, offset, Math.min(tick, offset));
  }

  #modelOf(record: ModelRecord): WatchedModel | undefined {
    const known = this.#models.get(record.model);
    if (known !== undefined || record.kind === "feedback" || record.kind === "verify") return known;
    if (this.#models.size >= this.#settings.maxModels) {
      if ("rows" in record) this.#counts.dropped.too_many_models += record.rows.length;
      return undefined;
    }
    const source = "source" in record ? record.source : modelName(record.model).source;
    const made = new WatchedModel(record.model, this.#context, source);
    this.#models.set(record.model, made);
    return made;
  }

  #tick(offset: number, tick: TickRecord): readonly DetectionEvent[] {
    this.#counts.ticks++;
    const last = this.#ticks.get(tick.source);
    const watermark = Math.max(tick.watermark, last?.watermark ?? tick.watermark);
    this.#ticks.set(tick.source, { watermark, offset });
    const events: DetectionEvent[] = [];
    for (const model of this.#models.values()) {
      if (model.facts.source !== tick.source || this.#ledger.hasApplied(model.key, offset))
        continue;
      events.push(...this.#tickOne(model, offset, { ...tick, watermark }));
    }
    return events;
  }

  /** A model that throws must not keep the others from their tick. */
  #tickOne(model: WatchedModel, offset: number, tick: TickRecord): readonly DetectionEvent[] {
    try {
      if (!passTick(model, tick, this.#counts)) return [];
      this.#changed(model, offset);
      return model.takeEvents();
    } catch (error) {
      return [this.quarantine(model.key, offset, messageOf(error))];
    }
  }
}

function viewOf({ key, facts, cadence, features, warmUp }: WatchedModel): ModelView {
  const { source, lastAt, learned, episode, scores, silent, unhealthy } = facts;
  return {
    model: key,
    source,
    lastAt: lastAt ?? undefined,
    learned,
    warmUp,
    cadence,
    features: features.length,
    openEpisode:
      episode?.announced === true
        ? { id: episode.id, kind: episode.kind, at: episode.at }
        : undefined,
    scores,
    silent,
    unhealthy,
  };
}
