/** `driftwarden replay`: what would have been opened, had it watched these rows. No effects. */
import { basename } from "node:path";
import type { DetectorType } from "../../detectors/detector.ts";
import { defaultDetectorSet, type Sensitivity } from "../detection/default-detectors.ts";
import { PartitionEngine } from "../detection/engine.ts";
import type { DetectionEvent, EpisodeOpened } from "../detection/event.ts";
import { defaultDecision, defaultSource, type EngineSettings } from "../detection/settings.ts";
import { severityOf } from "../incidents/severity.ts";
import { type ModelKey, modelKey, modelName } from "../stream/model-key.ts";
import { formatTime, parseNumber, parseTime } from "./cells.ts";
import { type CsvRow, lineError, readCsv } from "./csv.ts";
import { CliError } from "./errors.ts";
import type { LineOutput } from "./line-output.ts";
import { ReplayFeed, type ReplayMarker } from "./replay-feed.ts";

export interface ReplayOptions {
  /** Files with the columns timestamp, model, feature and importance; `.csv` or `.csv.gz`. At least one. */
  readonly csv: readonly string[];
  /** File with the columns timestamp, model and marker. */
  readonly markers?: string;
  readonly sensitivity?: Sensitivity;
  /** Only episodes that opened in this time before the newest row, milliseconds; what is older is learned from. */
  readonly lastMs?: number;
  readonly json?: boolean;
  readonly detectorTypes: readonly DetectorType<unknown>[];
  /** From a configuration; what is left out is as `run` has it by default. */
  readonly engine?: Partial<EngineSettings>;
}

/**
 * Twice what was measured on fourteen labelled streams of importances (0.07, 0.11 and 0.81): fresh streams have shown
 * twice as many before, and these were looked at while thresholds were chosen.
 */
const falseEpisodes: Readonly<Record<Sensitivity, number>> = { low: 0.15, normal: 0.25, high: 1.6 };

interface ReplayedEpisode {
  readonly opened: EpisodeOpened;
  end: number | undefined;
}

/**
 * @returns the exit code, 0 whatever it finds
 * @throws CliError DW_CLI_USAGE, DW_CLI_FILE
 */
export async function runReplay(options: ReplayOptions, io: LineOutput): Promise<number> {
  const started = performance.now();
  if (options.csv.length === 0) {
    const hint = "Name at least one file: driftwarden replay --csv rows.csv.";
    throw new CliError("DW_CLI_USAGE", "there is nothing to replay", { hint });
  }
  const engine = new PartitionEngine(settingsOf(options));
  const replay = new Replay(engine);
  const markers = options.markers === undefined ? [] : await readMarkers(options.markers);
  for (const [i, file] of options.csv.entries()) {
    const feed = new ReplayFeed(`${basename(file)}#${i}`, markers, (record) =>
      replay.apply(record),
    );
    await readImportances(file, (model, row) => feed.take(model, row));
    feed.end();
  }
  const since = replay.newest - (options.lastMs ?? Number.POSITIVE_INFINITY) * 1000;
  const episodes = replay.episodes.filter(({ opened }) => opened.at >= since);
  const print = options.json === true ? episodeLine : episodeSentence;
  for (const episode of episodes) io.stdout(print(episode));
  const summary = {
    rows: engine.counters.rows,
    attributions: engine.counters.attributions,
    models: [...engine.models()].length,
    episodes: episodes.length,
    false_episodes_expected_per_model_week: expectedFalse(options),
    seconds: Math.round(performance.now() - started) / 1000,
  };
  io.stdout(options.json === true ? JSON.stringify({ summary }) : summarySentence(summary));
  return 0;
}

class Replay {
  readonly episodes: ReplayedEpisode[] = [];
  newest = Number.NEGATIVE_INFINITY;
  readonly #engine: PartitionEngine;
  readonly #byId = new Map<string, ReplayedEpisode>();
  #offset = 0;

  constructor(engine: PartitionEngine) {
    this.#engine = engine;
  }

  apply(record: Parameters<PartitionEngine["apply"]>[1]): void {
    if (record.kind === "tick") this.newest = Math.max(this.newest, record.watermark);
    for (const event of this.#engine.apply(this.#offset++, record)) this.#take(event);
  }

  #take(event: DetectionEvent): void {
    if (event.type === "episode_opened") {
      const episode = { opened: event, end: undefined };
      this.#byId.set(event.id, episode);
      this.episodes.push(episode);
    } else if (event.type === "episode_closed") {
      const episode = this.#byId.get(event.episode);
      if (episode !== undefined) episode.end = event.at;
    }
  }
}

function settingsOf({ detectorTypes, sensitivity, engine }: ReplayOptions): EngineSettings {
  return {
    detectors: defaultDetectorSet(detectorTypes, { sensitivity: sensitivity ?? "normal" }),
    source: () => defaultSource,
    decision: defaultDecision,
    maxModels: 1_000_000,
    maxFeatures: 10_000,
    ...engine,
  };
}

/** Only what was measured is promised: with other detectors or rules nothing is known. */
function expectedFalse({ sensitivity, engine }: ReplayOptions): number | null {
  return engine === undefined ? falseEpisodes[sensitivity ?? "normal"] : null;
}

async function readImportances(
  file: string,
  take: (
    model: ModelKey,
    row: { ts: number; feature: string; importance: number; tid: number },
  ) => void,
): Promise<void> {
  const keys = new Map<string, ModelKey>();
  let columns: readonly number[] | undefined;
  for await (const { header, rows } of readCsv(file)) {
    columns ??= columnsOf(file, header, ["timestamp", "model", "feature", "importance"]);
    for (const row of rows) {
      const [time = "", model = "", feature = "", value = ""] = columns.map((i) => row.fields[i]);
      const importance = parseNumber(value);
      if (importance === undefined)
        throw lineError(file, row.line, `importance ${JSON.stringify(value)} is no number`);
      const key = keys.get(model) ?? modelKey({ tenant: "", environment: "", source: "", model });
      keys.set(model, key);
      take(key, { ts: timeOf(file, row, time), feature, importance, tid: row.line });
    }
  }
}

async function readMarkers(file: string): Promise<ReplayMarker[]> {
  const markers: ReplayMarker[] = [];
  for await (const { header, rows } of readCsv(file)) {
    const columns = columnsOf(file, header, ["timestamp", "model", "marker"]);
    for (const row of rows) {
      const [time = "", name = "", marker = ""] = columns.map((i) => row.fields[i]);
      const model = modelKey({ tenant: "", environment: "", source: "", model: name });
      markers.push({ at: timeOf(file, row, time), model, marker });
    }
  }
  return markers.toSorted((a, b) => a.at - b.at);
}

function columnsOf(
  file: string,
  header: readonly string[],
  names: readonly string[],
): readonly number[] {
  return names.map((name) => {
    const column = header.indexOf(name);
    if (column >= 0) return column;
    throw lineError(file, 1, `there is no column ${name}; it needs ${names.join(", ")}`);
  });
}

function timeOf(file: string, { line }: CsvRow, text: string): number {
  const time = parseTime(text);
  if (time === undefined)
    throw lineError(file, line, `timestamp ${JSON.stringify(text)} is no time`);
  return time;
}

function episodeLine({ opened, end }: ReplayedEpisode): string {
  return JSON.stringify({
    model: modelName(opened.model).model,
    start: formatTime(opened.at),
    end: end === undefined ? null : formatTime(end),
    kind: opened.kind,
    features: opened.features.map(({ feature }) => feature),
    severity: severityOf(opened),
    score: opened.score,
  });
}

function episodeSentence({ opened, end }: ReplayedEpisode): string {
  const until = end === undefined ? "still open" : `until ${formatTime(end)}`;
  const { model } = modelName(opened.model);
  return `${formatTime(opened.at)} [${severityOf(opened)}] ${model}: ${opened.kind}, ${opened.reason} (${until})`;
}

function summarySentence(summary: {
  readonly rows: number;
  readonly attributions: number;
  readonly models: number;
  readonly episodes: number;
  readonly seconds: number;
}): string {
  const { rows, attributions, models, episodes, seconds } = summary;
  return `${episodes} episodes in ${attributions} attributions (${rows} rows) of ${models} models, ${seconds} s`;
}
