/** The options of commands that look back over rows: where the rows are, and which detection to use. */
import type { Command } from "commander";
import { postgresAddressProblem } from "../address.ts";
import { AddressError } from "../address-errors.ts";
import { commonSource } from "../config/common-source.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { defaultSource, type EngineSettings } from "../detection/settings.ts";
import { formatDuration, parseDuration } from "../duration.ts";
import { columnNames } from "../replay/columns.ts";
import { csvSources } from "../replay/csv-source.ts";
import { type DatabaseReading, databaseSource } from "../replay/database-source.ts";
import { openClawAt } from "../replay/openclaw.ts";
import type { DetectionOptions, ReplayInput } from "../replay/replay.ts";
import type { RowSource } from "../replay/row-source.ts";
import type { SourceOptions } from "../source/options.ts";
import { type ChoiceArguments, choiceOf, withChoice } from "./choice-options.ts";
import { givenColumns } from "./columns-option.ts";
import { configAtItsPlace } from "./config-option.ts";
import { CliError } from "./errors.ts";
import type { OfflineParts } from "./offline-parts.ts";

export interface HistoryArguments {
  readonly csv?: readonly string[];
  readonly from?: string;
  readonly config?: string;
  readonly markers?: string;
  readonly last?: string;
  readonly asRead?: boolean;
  readonly delimiter?: string;
  readonly columns?: string;
  readonly wide?: boolean;
  readonly table?: string;
  readonly window?: string;
}

export interface History {
  readonly input: ReplayInput;
  readonly config: Config | undefined;
  /** Whether the rows are those of the configured sources. */
  readonly isConfigured: boolean;
  /** Only episodes that opened within this time before the newest row count, ms. Older rows are only learned. */
  readonly lastMs: number | undefined;
  /** Width of the windows over which predictions are averaged, ms; undefined: as configured. */
  readonly windowMs?: number | undefined;
}

export function withHistoryOptions(command: Command): Command {
  return command
    .option(
      "--csv <files...>",
      "rows timestamp,model,feature,importance in any order; gzip too, - is stdin",
    )
    .option("--as-read", "keep the order of the files: a row below newer ones is late")
    .option(
      "--delimiter <character>",
      "what separates the cells of a file; default: what its header has",
    )
    .option(
      "--columns <names>",
      "names of columns: timestamp=ts,model=name+segment,feature=f,importance=v; or features=a+b, or values=object",
    )
    .option("--window <duration>", "rows are single predictions: average each feature over 1h")
    .option("--wide", "each column of the files but those of time and model is a feature")
    .option("--from <url>", "the database with OpenClaw's table; SELECT is enough")
    .option("--table <name>", "with --from: another table or view")
    .option(
      "--config <file>",
      "detection, and without --csv and --from the sources, as it has them",
    )
    .option("--markers <file>", "announced retrains: timestamp,model,marker")
    .option("--last <duration>", "only what opened in this time before the newest row: 30d");
}

/** @throws CliError DW_CLI_USAGE; ConfigError; SourceError */
export async function historyOf(given: HistoryArguments, parts: OfflineParts): Promise<History> {
  refuseMixed(given);
  const lastMs = durationOf("--last", given.last);
  const windowMs = durationOf("--window", given.window);
  const hasRows = given.csv !== undefined || given.from !== undefined;
  const file = given.config ?? (hasRows ? undefined : configAtItsPlace());
  const config =
    file === undefined ? undefined : loadConfig(file, parts.remediations, { secrets: "not read" });
  const { markers } = given;
  if (config !== undefined && hasRows) sayDifference(config, parts);
  const sources = await sourcesOf(given, () => config && parts.sources(config), {
    lastMs,
    say: (line) => parts.cli.say(line),
  });
  const say = (line: string) => parts.cli.say(line);
  const input = { sources, say, ...(markers !== undefined && { markers }) };
  return { input, config, isConfigured: !hasRows, lastMs, windowMs };
}

function sayDifference(config: Config, { cli }: OfflineParts): void {
  const { differing } = commonSource(config);
  if (differing.length === 0) return;
  cli.say(
    `the sources of the configuration differ in ${differing.join(" and ")}, so these rows go by the default`,
  );
}

/** Detection as configured, with the chosen preset and sensitivity. @throws CliError DW_CLI_USAGE */
export function detectionOf(
  { config, isConfigured, windowMs }: Pick<History, "config" | "isConfigured" | "windowMs">,
  { detectors: detectorTypes, engineSettings, fileSettings }: OfflineParts,
  given: ChoiceArguments,
): DetectionOptions {
  const choice = choiceOf(given, config);
  const settings = isConfigured ? engineSettings : fileSettings;
  const engine = config && settings(withChoice(config, choice));
  if (windowMs === undefined) return { detectorTypes, ...(engine && { engine }), ...choice };
  return { detectorTypes, engine: { ...engine, source: averaged(engine, windowMs) }, ...choice };
}

/** The settings of sources, with predictions averaged over windows. @throws CliError DW_CLI_USAGE */
function averaged(engine: EngineSettings | undefined, windowMs: number): EngineSettings["source"] {
  const predictionWindowUs = windowMs * 1000;
  return (name) => {
    const source = engine?.source(name) ?? defaultSource;
    const assembly = formatDuration(source.assemblyWindowUs / 1000);
    if (predictionWindowUs < source.assemblyWindowUs)
      throw usage(
        `--window is shorter than assembly_window, ${assembly}`,
        `Windows would end faster than they close. Give ${assembly} or more.`,
      );
    return { ...source, predictionWindowUs };
  };
}

async function sourcesOf(
  given: HistoryArguments,
  configured: () => readonly SourceOptions[] | undefined,
  reading: DatabaseReading,
): Promise<readonly RowSource[]> {
  const { csv, from, asRead, table } = given;
  const columns = givenColumns(given.columns);
  const delimiter = delimiterOf(given.delimiter);
  const { say } = reading;
  if (csv !== undefined) {
    const sources = configured() ?? [];
    const templates = [...new Set(sources.map(({ versionedNames }) => versionedNames))];
    if (templates.length > 1) say(severalTemplates);
    return csvSources(csv, {
      versionedNames: templates.length === 1 ? templates[0] : undefined,
      asRead,
      delimiter,
      columns,
      wide: given.wide,
      predictions: given.window !== undefined,
      configured: sources.map((source) => columnNames(source.columns)),
      say,
    });
  }
  if (from !== undefined) {
    refuseAddress(from);
    return [databaseSource(await openClawAt(from, { table, columns }, say), reading)];
  }
  const options = configured();
  if (options !== undefined) return options.map((source) => databaseSource(source, reading));
  throw usage("there are no rows", "Name them by --csv FILE, --from URL or --config FILE.");
}

const severalTemplates =
  "the sources of the configuration differ in versioned_names, so each name in the files is a model of its own";

/** @throws CliError DW_CLI_USAGE for options of which one would be ignored */
function refuseMixed(given: HistoryArguments): void {
  const { csv, from, table } = given;
  if (csv !== undefined && from !== undefined)
    throw usage("--csv and --from are given", "Give the one that has the rows.");
  if (table !== undefined && from === undefined)
    throw usage("--table is given without --from", "A configuration names its tables itself.");
  if (csv === undefined && from === undefined) refuseTableOptions(given);
  if (csv === undefined) refuseFileOptions(given);
  else refuseWideRows(given);
}

/** Refuses options about what the sources of a configuration set themselves. */
function refuseTableOptions({ columns, window }: HistoryArguments): void {
  if (columns !== undefined)
    throw usage("--columns is given without --csv or --from", "A configuration names its columns.");
  if (window !== undefined)
    throw usage("--window is given without --csv or --from", "A source has predictions.window.");
}

const ofFiles = [
  ["wide", "--wide", "It says how the columns of files are read."],
  ["asRead", "--as-read", "It keeps the order of files; a database has none."],
  ["delimiter", "--delimiter", "It says what separates the cells of files."],
] as const;

function refuseFileOptions(given: HistoryArguments): void {
  for (const [key, option, hint] of ofFiles)
    if (given[key] !== undefined) throw usage(`${option} is given without --csv`, hint);
}

function refuseWideRows({ wide, columns }: HistoryArguments): void {
  const { names: { feature, importance } = {}, values } = givenColumns(columns);
  const named = Object.entries({ feature, importance, values }).find(([, name]) => name)?.[0];
  if (wide !== true || named === undefined) return;
  throw usage(
    `--wide and --columns ${named}=… are given`,
    "In a wide file each column is a feature, and no column names it or holds all values. Leave one of the two out.",
  );
}

/** @throws AddressError */
function refuseAddress(from: string): void {
  const problem = postgresAddressProblem(from);
  if (problem === undefined) return;
  const { code, message, hint } = problem;
  throw new AddressError(code, `the address in --from ${message}`, { hint });
}

const delimiterNames: Readonly<Record<string, string>> = {
  tab: "\t",
  "\\t": "\t",
  comma: ",",
  semicolon: ";",
};

/** @throws CliError DW_CLI_USAGE */
export function delimiterOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const code = /^\\u([\da-f]{4})$/i.exec(text)?.[1];
  const escaped = code === undefined ? text : String.fromCharCode(Number.parseInt(code, 16));
  const delimiter = delimiterNames[text] ?? escaped;
  if (/^[^\r\n"]$/.test(delimiter)) return delimiter;
  throw usage(
    `--delimiter ${text} is not one character that can separate cells`,
    'Write it as ";", tab, or "\\u0001" for a character that cannot be typed.',
  );
}

function durationOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined && ms > 0) return ms;
  throw usage(`${option} ${text} is no duration`, "Write it as 30d or 12h.");
}

function usage(message: string, hint: string): CliError {
  return new CliError("DW_CLI_USAGE", message, { hint });
}
