/** The arguments of commands that look back over rows: where the rows are, and with which detection. */
import type { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { parseDuration } from "../duration.ts";
import type { DetectionOptions, ReplayInput } from "../replay/replay.ts";
import { csvSource, databaseSource, type RowSource } from "../replay/row-source.ts";
import { defaultConnection, defaultSourceOptions, type SourceOptions } from "../source/options.ts";
import { probeSource } from "../source/probe.ts";
import { type ChoiceArguments, choiceOf, withChoice } from "./choice-options.ts";
import type { OfflineParts } from "./detect-command.ts";
import { CliError } from "./errors.ts";

export interface HistoryArguments {
  readonly csv?: readonly string[];
  readonly from?: string;
  readonly config?: string;
  readonly markers?: string;
  readonly last?: string;
}

export interface History {
  readonly input: ReplayInput;
  readonly config: Config | undefined;
  /** Only what opened in this time before the newest row counts, ms; what is older is learned from. */
  readonly lastMs: number | undefined;
}

/** What is read before the time asked for, so that normal is known when it begins, ms. */
const learnMs = 7 * 86_400_000;

export function withHistoryOptions(command: Command): Command {
  return command
    .option("--csv <files...>", "rows timestamp,model,feature,importance, in file order; .gz too")
    .option("--from <url>", "the database with OpenClaw's table; SELECT is enough")
    .option(
      "--config <file>",
      "detection, and without --csv and --from the sources, as it has them",
    )
    .option("--markers <file>", "announced retrains: timestamp,model,marker")
    .option("--last <duration>", "only what opened in this time before the newest row: 30d");
}

/** @throws CliError DW_CLI_USAGE; ConfigError; SourceError */
export async function historyOf(given: HistoryArguments, parts: OfflineParts): Promise<History> {
  const lastMs = given.last === undefined ? undefined : durationOf(given.last);
  const config =
    given.config === undefined
      ? undefined
      : loadConfig(given.config, parts.remediations, "not read");
  const reading = {
    pastMs: (lastMs ?? Number.POSITIVE_INFINITY) + learnMs,
    say: (line: string): void => parts.cli.say(line),
  };
  const { markers } = given;
  const configured = config && parts.sources(config);
  const sources = await sourcesOf(given, configured, reading);
  return { input: { sources, ...(markers !== undefined && { markers }) }, config, lastMs };
}

/** Detection as the configuration has it, but for what is asked for. @throws CliError DW_CLI_USAGE */
export function detectionOf(
  config: Config | undefined,
  { detectors: detectorTypes, engineSettings }: OfflineParts,
  given: ChoiceArguments,
): DetectionOptions {
  const choice = choiceOf(given, config);
  if (config === undefined) return { detectorTypes, ...choice };
  return { detectorTypes, engine: engineSettings(withChoice(config, choice)), ...choice };
}

type Reading = Parameters<typeof databaseSource>[1];

async function sourcesOf(
  { csv, from }: HistoryArguments,
  configured: readonly SourceOptions[] | undefined,
  reading: Reading,
): Promise<readonly RowSource[]> {
  if (csv !== undefined && from !== undefined) {
    throw usage("--csv and --from are given", "Give the one that has the rows.");
  }
  if (csv !== undefined) return csv.map(csvSource);
  if (from !== undefined) return [databaseSource(await openClawAt(from, reading), reading)];
  if (configured !== undefined)
    return configured.map((options) => databaseSource(options, reading));
  throw usage("there are no rows", "Name them by --csv FILE, --from URL or --config FILE.");
}

/** Columns that name the model, where nobody has said which. */
const modelColumns = ["model", "model_name", "model_id"];

/** OpenClaw's table at an address; whether it has a column for the model is looked up. */
async function openClawAt(url: string, { say }: Reading): Promise<SourceOptions> {
  const plain = {
    ...defaultSourceOptions,
    name: "main",
    connection: { ...defaultConnection, url },
  };
  const { available } = await probeSource(plain);
  const model = modelColumns.find((name) => available.some((column) => column.name === name));
  if (model === undefined) return plain;
  say(`the column ${model} names the model`);
  return { ...plain, columns: { ...plain.columns, model } };
}

function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw usage(`--last ${text} is no duration`, "Write it as 30d or 12h.");
}

function usage(message: string, hint: string): CliError {
  return new CliError("DW_CLI_USAGE", message, { hint });
}
