/** Sends rows through the whole of detection and collects the episodes. No printing, no effects. */
import type { DetectorType } from "../../detectors/detector.ts";
import type { AttributionRecorder } from "../detection/attribution-recorder.ts";
import { type DetectorChoice, detectorSet } from "../detection/baseline/default-detectors.ts";
import { PartitionEngine } from "../detection/engine.ts";
import type { DetectionEvent, EpisodeClosed, EpisodeOpened } from "../detection/event.ts";
import {
  defaultDecision,
  defaultRetireAfterUs,
  defaultSource,
  type EngineSettings,
} from "../detection/settings.ts";
import type { ModelKey } from "../model-key.ts";
import type { Row, StreamRecord } from "../stream/record.ts";
import { ReplayFeed, type ReplayMarker, type SharedFeed } from "./feed.ts";
import { readMarkers } from "./files.ts";
import { LeftOut } from "./left-out.ts";
import { MarkersByName } from "./markers-by-name.ts";
import type { RowSource, RowsRead } from "./row-source.ts";

export interface DetectionOptions extends DetectorChoice {
  readonly detectorTypes: readonly DetectorType<unknown>[];
  /** Settings that are left out have the defaults of `run`, except higher limits of models and features. */
  readonly engine?: Partial<EngineSettings>;
  /** Receives every attribution as it was judged. */
  readonly history?: AttributionRecorder | undefined;
}

export interface ReplayInput {
  /** Read one after the other. */
  readonly sources: readonly RowSource[];
  /** File with the columns timestamp, model and marker. */
  readonly markers?: string;
  /** Receives what people should know. */
  readonly say?: (line: string) => void;
}

export interface ReplayedEpisode {
  readonly opened: EpisodeOpened;
  /** Undefined while it is open. */
  closed: EpisodeClosed | undefined;
}

/** One replay: pass it the rows, then read the episodes. */
export class Replay {
  readonly engine: PartitionEngine;
  readonly episodes: ReplayedEpisode[] = [];
  /** In the order decided. */
  readonly events: DetectionEvent[] = [];
  /** Oldest and newest watermark, microseconds; infinite before the first tick. */
  oldest = Number.POSITIVE_INFINITY;
  newest = Number.NEGATIVE_INFINITY;
  /** Episodes that a model's next close ends: the open one, and those that it replaced without a close. */
  readonly #open = new Map<ModelKey, ReplayedEpisode[]>();
  readonly #shared: SharedFeed;
  readonly #markers: ReplayMarker[];
  readonly #feeds = new Map<string, ReplayFeed>();
  #offset = 0;
  #rows = 0;
  readonly #leftOut = new LeftOut();

  /** Rows taken whose importance is NULL, NaN or infinite. */
  withoutNumber = 0;
  /** Rows in whose names control characters were removed. */
  namesCleaned = 0;

  /** @param markers for the rows handed over by {@link take} */
  constructor(options: DetectionOptions, markers: readonly ReplayMarker[] = []) {
    this.engine = new PartitionEngine(settingsOf(options), options.history);
    this.#markers = [...markers];
    this.#shared = { emit: (record) => this.#apply(record), windows: 0 };
  }

  /** The feed for the rows of one source, in the order in which a poller would have seen them. */
  feed(source: string, markers: ReplayMarker[]): ReplayFeed {
    return new ReplayFeed(source, markers, this.#shared);
  }

  /** The feeds send these markers at their times. */
  announce(markers: readonly ReplayMarker[]): void {
    this.#markers.push(...markers);
  }

  /** Takes a row. Rows of one source come in the order in which a poller would have seen them. */
  take(source: string, model: ModelKey, row: Row): void {
    if (!Number.isFinite(row.importance)) this.withoutNumber++;
    const known = this.#feeds.get(source);
    const feed = known ?? this.feed(source, this.#markers);
    if (known === undefined) this.#feeds.set(source, feed);
    feed.take(model, row);
  }

  /** Call it once all rows of the sources were taken. */
  end({ rows, cleaned, leftOut }: RowsRead): void {
    for (const feed of this.#feeds.values()) feed.end();
    this.#feeds.clear();
    this.#rows += rows;
    this.namesCleaned += cleaned;
    this.#leftOut.addAll(leftOut);
  }

  /** Rows read, also those that were left out. */
  get rows(): number {
    return this.#rows;
  }

  /** Rows that are part of no attribution, by reason: at the reading, then in detection. */
  get leftOut(): LeftOut {
    const all = new LeftOut();
    all.addAll(this.#leftOut);
    for (const [reason, rows] of Object.entries(this.engine.counters.dropped))
      if (rows > 0) all.add(reason, () => "", rows);
    const counts = Object.values(this.engine.rows());
    const unfinished = counts.reduce((sum, rows) => sum + (rows.unfinished ?? 0), 0);
    if (unfinished > 0) all.add("unfinished", () => "", unfinished);
    return all;
  }

  #apply(record: StreamRecord): void {
    if (record.kind === "tick") {
      this.oldest = Math.min(this.oldest, record.watermark);
      this.newest = Math.max(this.newest, record.watermark);
    }
    for (const event of this.engine.apply(this.#offset++, record)) this.#take(event);
  }

  #take(event: DetectionEvent): void {
    this.events.push(event);
    if (event.type === "episode_opened") {
      const episode = { opened: event, closed: undefined };
      this.episodes.push(episode);
      this.#open.set(event.model, [...(this.#open.get(event.model) ?? []), episode]);
    } else if (event.type === "episode_closed") {
      for (const episode of this.#open.get(event.model) ?? []) episode.closed = event;
      this.#open.delete(event.model);
    }
  }
}

function settingsOf({ detectorTypes, engine, ...choice }: DetectionOptions): EngineSettings {
  return {
    detectors: detectorSet(detectorTypes, choice),
    source: () => defaultSource,
    decision: defaultDecision,
    maxModels: 1_000_000,
    maxNewModelsPerHour: 1_000_000,
    maxFeatures: 10_000,
    retireAfterUs: defaultRetireAfterUs,
    ...engine,
  };
}

/**
 * Reads the rows once and replays them under each of several settings.
 *
 * @returns a replay for each of the settings
 * @throws FileError DW_CLI_FILE; SourceError
 */
export async function replayRows(
  { sources, markers: file, say }: ReplayInput,
  settings: readonly DetectionOptions[],
): Promise<readonly Replay[]> {
  const markers = file === undefined ? [] : await readMarkers(file);
  const named = new MarkersByName(markers);
  const replays = settings.map((options) => new Replay(options));
  for (const source of sources) {
    const read = await source.read((name, model, row) => {
      const announced = named.meet(model, source.familyOf);
      for (const replay of replays) {
        replay.announce(announced);
        replay.take(name, model, row);
      }
    });
    for (const replay of replays) replay.end(read);
  }
  for (const sentence of named.unmet()) say?.(sentence);
  return replays;
}
