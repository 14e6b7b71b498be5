/** `driftwarden replay`: shows which episodes would have opened on these rows, without effects. */

import type { Command } from "commander";
import { severityOf } from "../incidents/severity.ts";
import { modelName } from "../model-key.ts";
import { counted } from "../plural.ts";
import { printable } from "../printable.ts";
import { formatTime } from "../replay/cells.ts";
import { replayPage } from "../replay/page/page.ts";
import { ShareRecorder } from "../replay/page/share-recorder.ts";
import { mayWritePage, writePage } from "../replay/page/write-page.ts";
import type { ReplayedEpisode } from "../replay/replay.ts";
import { type ReplaySummary, type ReportOptions, replayReport } from "../replay/report.ts";
import { exitCodeOf, rowSentences, tooMuchLeftOut } from "./accounting.ts";
import { type ChoiceArguments, withChoiceOptions } from "./choice-options.ts";
import { CliError } from "./errors.ts";
import {
  detectionOf,
  type HistoryArguments,
  historyOf,
  withHistoryOptions,
} from "./history-options.ts";
import type { LineOutput } from "./line-output.ts";
import type { OfflineParts } from "./offline-parts.ts";

interface Arguments extends HistoryArguments, ChoiceArguments {
  readonly json?: boolean;
  readonly html?: string;
}

export function registerReplay(program: Command, parts: OfflineParts): void {
  const command = program
    .command("replay")
    .description("what would have been opened on these rows; no tickets, no runs");
  withChoiceOptions(withHistoryOptions(command))
    .option("--json", "print JSON lines, the summary last")
    .option("--html <file>", "also write a page with charts, complete in itself")
    .action((given: Arguments) => replay(given, parts));
}

async function replay(given: Arguments, parts: OfflineParts): Promise<void> {
  const history = await historyOf(given, parts);
  const { input, config, lastMs } = history;
  const { json, html } = given;
  const code = await runReplay(
    {
      ...input,
      ...detectionOf(history, parts, given),
      lastMs,
      incidents: parts.whatIf(config),
      ...(json !== undefined && { json }),
      ...(html !== undefined && { html }),
    },
    { stdout: (line) => parts.cli.print(line), say: (line) => parts.cli.say(line) },
  );
  parts.cli.exitWith(code);
}

export interface ReplayOptions extends ReportOptions {
  readonly json?: boolean;
  /** File for the page with charts. */
  readonly html?: string;
}

/**
 * @returns the exit code: 0 whatever it finds; 1 when more than a tenth of the rows were left out, or more than nine
 * tenths of the importances are no numbers
 * @throws CliError DW_CLI_USAGE, DW_CLI_NOTHING_TO_JUDGE; FileError DW_CLI_FILE; SourceError
 */
export async function runReplay(options: ReplayOptions, io: LineOutput): Promise<number> {
  const started = performance.now();
  if (options.sources.length === 0) {
    const hint = "Name at least one file: driftwarden replay --csv rows.csv.";
    throw new CliError("DW_CLI_USAGE", "there is nothing to replay", { hint });
  }
  if (options.html !== undefined) await mayWritePage(options.html);
  const recording = options.html === undefined ? undefined : new ShareRecorder();
  const report = await replayReport(options, recording);
  const { episodes, tickets, since, summary: found, leftOut } = report;
  for (const episode of episodes) io.stdout(printed(episode, options));
  const summary = { ...found, seconds: Math.round(performance.now() - started) / 1000 };
  const { rows, attributions, without_number: withoutNumber, names_cleaned: cleaned } = summary;
  const accounted = { rows, leftOut, withoutNumber, cleaned };
  const lines = [summarySentence(summary), ticketSentence(summary), ...rowSentences(accounted)];
  for (const line of options.json === true ? [JSON.stringify({ summary })] : lines) io.stdout(line);
  if (options.html !== undefined && recording !== undefined) {
    const setting = settingOf(options);
    const page = {
      recording,
      episodes,
      tickets,
      rows,
      withoutNumber,
      leftOut,
      attributions,
      since,
      setting,
    };
    await writePage(options.html, replayPage(page));
  }
  return exitCodeOf(tooMuchLeftOut(accounted, attributions), io);
}

const printed = (episode: ReplayedEpisode, { json }: ReplayOptions): string =>
  json === true ? episodeLine(episode) : episodeSentence(episode);

function settingOf({ preset, sensitivity, engine }: ReplayOptions): string {
  if (engine !== undefined) return "detection as configured";
  return preset === "plain" ? "preset plain" : `sensitivity ${sensitivity ?? "normal"}`;
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
  const sentence = `${formatTime(opened.at)} [${severityOf(opened)}] ${model}: ${opened.kind}, ${opened.reason} (${until})`;
  return printable(sentence);
}

function summarySentence(summary: ReplaySummary & { readonly seconds: number }): string {
  const { rows, attributions, models, episodes, seconds } = summary;
  return `${counted(episodes, "episode")} in ${counted(attributions, "attribution")} (${counted(rows, "row")}) of ${counted(models, "model")}, ${seconds} s`;
}

function ticketSentence({ tickets, reopened, mails }: ReplaySummary): string {
  const times = reopened === 1 ? "once" : `${reopened} times`;
  const again = reopened === 0 ? "" : `, opened again ${times}`;
  return `tickets: ${tickets}${again}; mails to each who watches them: ${mails}, without results of runs`;
}
