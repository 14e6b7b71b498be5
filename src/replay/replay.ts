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
import type { StreamRecord } from "../stream/record.ts";
import { type FedRows, Feeds } from "./feeds.ts";
import { readMarkers } from "./files.ts";
import { LeftOut } from "./left-out.ts";
import { MarkersByName } from "./markers-by-name.ts";
import type { RowSource } from "./row-source.ts";

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

/** One replay: it is given the records in order; then read the episodes. */
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
  readonly #fed: FedRows;
  #offset = 0;

  /** @param fed what was read of the rows */
  constructor(options: DetectionOptions, fed: FedRows) {
    this.engine = new PartitionEngine(settingsOf(options), options.history);
    this.#fed = fed;
  }

  /** Rows read, also those that were left out. */
  get rows(): number {
    return this.#fed.rows;
  }

  /** Rows whose importance is NULL, NaN or infinite. */
  get withoutNumber(): number {
    return this.#fed.withoutNumber;
  }

  /** Rows in whose names control characters were removed. */
  get namesCleaned(): number {
    return this.#fed.namesCleaned;
  }

  /** Rows that are part of no attribution, by reason: at the reading, then in detection. */
  get leftOut(): LeftOut {
    const all = new LeftOut();
    all.addAll(this.#fed.leftOut);
    for (const [reason, rows] of Object.entries(this.engine.counters.dropped))
      if (rows > 0) all.add(reason, () => "", rows);
    const counts = Object.values(this.engine.rows());
    const unfinished = counts.reduce((sum, rows) => sum + (rows.unfinished ?? 0), 0);
    if (unfinished > 0) all.add("unfinished", () => "", unfinished);
    return all;
  }

  apply(record: StreamRecord): void {
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

/** Replays of the same rows, each under one of the settings: every record is made once, and applied to all of them. */
export function fedReplays(settings: readonly DetectionOptions[]): {
  readonly feeds: Feeds;
  readonly replays: readonly Replay[];
} {
  const feeds = new Feeds((record) => {
    for (const replay of replays) replay.apply(record);
  });
  const replays = settings.map((options) => new Replay(options, feeds));
  return { feeds, replays };
}

/**
 * Reads the rows once, makes records of them once, and replays these under each of several settings.
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
  const { feeds, replays } = fedReplays(settings);
  for (const source of sources) {
    const read = await source.read((name, model, row) => {
      feeds.announce(named.meet(model, source.familyOf));
      feeds.take(name, model, row);
    });
    feeds.end(read);
  }
  for (const sentence of named.unmet()) say?.(sentence);
  return replays;
}
