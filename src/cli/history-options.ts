/** The options of commands that look back over rows: where the rows are, and which detection to use. */
import type { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { parseDuration } from "../duration.ts";
import { openClawAt } from "../replay/openclaw.ts";
import type { DetectionOptions, ReplayInput } from "../replay/replay.ts";
import {
  csvSource,
  type DatabaseReading,
  databaseSource,
  type RowSource,
} from "../replay/row-source.ts";
import type { SourceOptions } from "../source/options.ts";
import { type ChoiceArguments, choiceOf, withChoice } from "./choice-options.ts";
import { CliError } from "./errors.ts";
import type { OfflineParts } from "./offline-parts.ts";

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
      : loadConfig(given.config, parts.remediations, { secrets: "not read" });
  const { markers } = given;
  const sources = await sourcesOf(given, () => config && parts.sources(config), {
    lastMs,
    say: (line) => parts.cli.say(line),
  });
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

async function sourcesOf(
  { csv, from }: HistoryArguments,
  configured: () => readonly SourceOptions[] | undefined,
  reading: DatabaseReading,
): Promise<readonly RowSource[]> {
  if (csv !== undefined && from !== undefined) {
    throw usage("--csv and --from are given", "Give the one that has the rows.");
  }
  if (csv !== undefined) return csv.map(csvSource);
  if (from !== undefined) return [databaseSource(await openClawAt(from, reading.say), reading)];
  const options = configured();
  if (options !== undefined) return options.map((source) => databaseSource(source, reading));
  throw usage("there are no rows", "Name them by --csv FILE, --from URL or --config FILE.");
}

function durationOf(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw usage(`--last ${text} is no duration`, "Write it as 30d or 12h.");
}

function usage(message: string, hint: string): CliError {
  return new CliError("DW_CLI_USAGE", message, { hint });
}
