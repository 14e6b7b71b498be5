/** Rows through the whole of detection, and the episodes that come out of it. No printing, no effects. */
import { basename } from "node:path";
import type { DetectorType } from "../../detectors/detector.ts";
import { defaultDetectorSet, type Sensitivity } from "../detection/default-detectors.ts";
import { PartitionEngine } from "../detection/engine.ts";
import type { DetectionEvent, EpisodeClosed, EpisodeOpened } from "../detection/event.ts";
import { defaultDecision, defaultSource, type EngineSettings } from "../detection/settings.ts";
import type { ModelKey } from "../stream/model-key.ts";
import type { Row, StreamRecord } from "../stream/record.ts";
import { ReplayFeed, type ReplayMarker } from "./replay-feed.ts";
import { readImportances, readMarkers } from "./replay-files.ts";

export interface DetectionOptions {
  readonly detectorTypes: readonly DetectorType<unknown>[];
  readonly sensitivity?: Sensitivity;
  /** From a configuration; what is left out is as `run` has it by default. */
  readonly engine?: Partial<EngineSettings>;
}

export interface CsvRows {
  /** Files with the columns timestamp, model, feature and importance; `.csv` or `.csv.gz`. */
  readonly csv: readonly string[];
  /** File with the columns timestamp, model and marker. */
  readonly markers?: string;
}

export interface ReplayedEpisode {
  readonly opened: EpisodeOpened;
  /** Undefined while it is open. */
  closed: EpisodeClosed | undefined;
}

/** Receives every row as it is read. */
export type RowListener = (model: ModelKey, row: Row) => void;

/** One replay: hand it rows by {@link feed}, then read what it found. */
export class Replay {
  readonly engine: PartitionEngine;
  readonly episodes: ReplayedEpisode[] = [];
  /** In the order decided. */
  readonly events: DetectionEvent[] = [];
  /** Watermarks, microseconds: the newest row time seen. Infinite before the first row. */
  oldest = Number.POSITIVE_INFINITY;
  newest = Number.NEGATIVE_INFINITY;
  readonly #byId = new Map<string, ReplayedEpisode>();
  #offset = 0;

  constructor(options: DetectionOptions) {
    this.engine = new PartitionEngine(settingsOf(options));
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
      this.#byId.set(event.id, episode);
      this.episodes.push(episode);
    } else if (event.type === "episode_closed") {
      const episode = this.#byId.get(event.episode);
      if (episode !== undefined) episode.closed = event;
    }
  }
}

function settingsOf({ detectorTypes, sensitivity, engine }: DetectionOptions): EngineSettings {
  return {
    detectors: defaultDetectorSet(detectorTypes, { sensitivity: sensitivity ?? "normal" }),
    source: () => defaultSource,
    decision: defaultDecision,
    maxModels: 1_000_000,
    maxFeatures: 10_000,
    ...engine,
  };
}

/**
 * Replays files, one after the other, each as a source of its own.
 *
 * @throws CliError DW_CLI_FILE
 */
export async function replayFiles(
  { csv, markers: file }: CsvRows,
  options: DetectionOptions,
  listen?: RowListener,
): Promise<Replay> {
  const replay = new Replay(options);
  const markers = file === undefined ? [] : await readMarkers(file);
  for (const [i, path] of csv.entries()) {
    const feed = replay.feed(`${basename(path)}#${i}`, markers);
    await readImportances(path, (model, row) => {
      listen?.(model, row);
      feed.take(model, row);
    });
    feed.end();
  }
  return replay;
}
