/** `driftwarden replay`: what would have been opened, had it watched these rows. No effects. */
import { writeFile } from "node:fs/promises";
import type { Sensitivity } from "../../detectors/preset.ts";
import { messageOf } from "../errors.ts";
import { severityOf } from "../incidents/severity.ts";
import { formatTime } from "../replay/cells.ts";
import { FileError } from "../replay/errors.ts";
import { replayPage } from "../replay/page/page.ts";
import { ShareRecorder } from "../replay/page/share-recorder.ts";
import {
  type DetectionOptions,
  type ReplayedEpisode,
  type ReplayInput,
  replayRows,
} from "../replay/replay.ts";
import { modelName } from "../stream/model-key.ts";
import { CliError } from "./errors.ts";
import type { LineOutput } from "./line-output.ts";

export interface ReplayOptions extends ReplayInput, DetectionOptions {
  /** Only episodes that opened in this time before the newest row, milliseconds; what is older is learned from. */
  readonly lastMs?: number;
  readonly json?: boolean;
  /** File for the page with charts. */
  readonly html?: string;
}

/**
 * Twice what was measured on fourteen labelled streams of importances (0.04, 0.19 and 0.63): fresh streams have shown
 * twice as many before, and these were looked at while thresholds were chosen.
 */
const falseEpisodes: Readonly<Record<Sensitivity, number>> = { low: 0.1, normal: 0.4, high: 1.3 };

/**
 * @returns the exit code, 0 whatever it finds
 * @throws CliError DW_CLI_USAGE, FileError DW_CLI_FILE; SourceError
 */
export async function runReplay(options: ReplayOptions, io: LineOutput): Promise<number> {
  const started = performance.now();
  if (options.sources.length === 0) {
    const hint = "Name at least one file: driftwarden replay --csv rows.csv.";
    throw new CliError("DW_CLI_USAGE", "there is nothing to replay", { hint });
  }
  const recording = options.html === undefined ? undefined : new ShareRecorder();
  const [replay] = await replayRows(options, [{ ...options, history: recording }]);
  if (replay === undefined) return 0;
  const since = replay.newest - (options.lastMs ?? Number.POSITIVE_INFINITY) * 1000;
  const episodes = replay.episodes.filter(({ opened }) => opened.at >= since);
  const print = options.json === true ? episodeLine : episodeSentence;
  for (const episode of episodes) io.stdout(print(episode));
  const summary = {
    rows: replay.engine.counters.rows,
    attributions: replay.engine.counters.attributions,
    models: [...replay.engine.models()].length,
    episodes: episodes.length,
    false_episodes_expected_per_model_week: expectedFalse(options),
    seconds: Math.round(performance.now() - started) / 1000,
  };
  io.stdout(options.json === true ? JSON.stringify({ summary }) : summarySentence(summary));
  if (options.html !== undefined && recording !== undefined) {
    const { rows, attributions } = summary;
    const page = { recording, episodes, rows, attributions, since, setting: settingOf(options) };
    await writePage(options.html, replayPage(page));
  }
  return 0;
}

function settingOf({ preset, sensitivity, engine }: ReplayOptions): string {
  if (engine !== undefined) return "detection as configured";
  return preset === "plain" ? "preset plain" : `sensitivity ${sensitivity ?? "normal"}`;
}

async function writePage(file: string, page: string): Promise<void> {
  try {
    await writeFile(file, page);
  } catch (error) {
    throw new FileError("DW_CLI_FILE", `writing ${file}: ${messageOf(error)}`, {
      hint: "Name a file in a folder that exists and may be written to.",
      cause: error,
    });
  }
}

/** Only what was measured is promised: with other detectors or rules nothing is known. */
function expectedFalse({ preset, sensitivity, engine }: ReplayOptions): number | null {
  if (engine !== undefined || preset === "plain") return null;
  return falseEpisodes[sensitivity ?? "normal"];
}

function episodeLine({ opened, closed }: ReplayedEpisode): string {
  return JSON.stringify({
    model: modelName(opened.model).model,
    start: formatTime(opened.at),
    end: closed === undefined ? null : formatTime(closed.at),
    kind: opened.kind,
    features: opened.features.map(({ feature }) => feature),
    severity: severityOf(opened),
    score: opened.score,
  });
}

function episodeSentence({ opened, closed }: ReplayedEpisode): string {
  const until = closed === undefined ? "still open" : `until ${formatTime(closed.at)}`;
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
