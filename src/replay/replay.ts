/** Sends rows through the whole of detection and collects the episodes. No printing, no effects. */
import type { DetectorType } from "../../detectors/detector.ts";
import type { AttributionRecorder } from "../detection/attribution-recorder.ts";
import { type DetectorChoice, detectorSet } from "../detection/default-detectors.ts";
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
import { ReplayFeed, type ReplayMarker } from "./feed.ts";
import { readMarkers } from "./files.ts";
import type { RowSource } from "./row-source.ts";

export interface DetectionOptions extends DetectorChoice {
  readonly detectorTypes: readonly DetectorType<unknown>[];
  /** From a configuration; what is left out is as `run` has it by default. */
  readonly engine?: Partial<EngineSettings>;
  /** Told every attribution as it was judged. */
  readonly history?: AttributionRecorder | undefined;
}

export interface ReplayInput {
  /** Read one after the other. */
  readonly sources: readonly RowSource[];
  /** File with the columns timestamp, model and marker. */
  readonly markers?: string;
}

export interface ReplayedEpisode {
  readonly opened: EpisodeOpened;
  /** Undefined while it is open. */
  closed: EpisodeClosed | undefined;
}

/** One replay: hand it rows by {@link feed}, then read what it found. */
export class Replay {
  readonly engine: PartitionEngine;
  readonly episodes: ReplayedEpisode[] = [];
  /** In the order decided. */
  readonly events: DetectionEvent[] = [];
  /** Watermarks, microseconds: the newest row time seen. Infinite before the first row. */
  oldest = Number.POSITIVE_INFINITY;
  newest = Number.NEGATIVE_INFINITY;
  /** What a model's next close ends: its open episode, and those that it followed without a close. */
  readonly #open = new Map<ModelKey, ReplayedEpisode[]>();
  #offset = 0;

  constructor(options: DetectionOptions) {
    this.engine = new PartitionEngine(settingsOf(options), options.history);
  }

  /** A way in for the rows of one source, in the order in which a poller would have seen them. */
  feed(source: string, markers: ReplayMarker[]): ReplayFeed {
    return new ReplayFeed(source, markers, (record) => this.#apply(record));
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
  { sources, markers: file }: ReplayInput,
  settings: readonly DetectionOptions[],
): Promise<readonly Replay[]> {
  const markers = file === undefined ? [] : await readMarkers(file);
  const replays = settings.map((options) => ({
    replay: new Replay(options),
    markers: [...markers],
  }));
  for (const source of sources) {
    const feeds = replays.map(({ replay, markers: own }) => replay.feed(source.name, own));
    await source.read((model, row) => {
      for (const feed of feeds) feed.take(model, row);
    });
    for (const feed of feeds) feed.end();
  }
  return replays.map(({ replay }) => replay);
}
