/** `driftwarden detect`: scores any table of numbers, row by row. */

import type { Command } from "commander";
import type { DetectorType } from "../../detectors/detector.ts";
import { loadConfig } from "../config/load.ts";
import { type DetectorChoice, detectorSet } from "../detection/baseline/default-detectors.ts";
import type { DecisionSettings, DetectorUse } from "../detection/settings.ts";
import { counted } from "../plural.ts";
import { printable } from "../printable.ts";
import { detectRows } from "../replay/detect.ts";
import { LeftOut } from "../replay/left-out.ts";
import { type RowScorer, ruledScorer, type ScoredRow, soleScorer } from "../replay/row-scorer.ts";
import { type Accounted, exitCodeOf, rowSentences, tooMuchLeftOut } from "./accounting.ts";
import { type ChoiceArguments, choiceOf, withChoice, withChoiceOptions } from "./choice-options.ts";
import { detectorAsked, parametersOf } from "./detector-parameters.ts";
import { CliError } from "./errors.ts";
import { delimiterOf } from "./history-options.ts";
import type { LineOutput } from "./line-output.ts";
import type { OfflineParts } from "./offline-parts.ts";

interface Arguments extends ChoiceArguments {
  readonly csv: string;
  readonly detector?: string;
  readonly set: readonly string[];
  readonly ignore?: string;
  readonly alerts?: boolean;
  readonly config?: string;
  readonly delimiter?: string;
}

const collected = (value: string, before: readonly string[]): readonly string[] => [
  ...before,
  value,
];

export function registerDetect(program: Command, parts: OfflineParts): void {
  const command = program
    .command("detect")
    .description("score any table of numbers: row,score; 1.0 is the boundary")
    .requiredOption(
      "--csv <file>",
      "the table; a column timestamp is time, all others are features; gzip too, - is stdin",
    )
    .option(
      "--detector <name>",
      "this detector alone, without rules; default: the set that run uses",
    )
    .option(
      "--set <key=JSON>",
      "a parameter of that detector; may be given several times",
      collected,
      [],
    );
  withChoiceOptions(command)
    .option("--ignore <columns>", "columns that are no features, separated by commas")
    .option("--delimiter <character>", "what separates the cells; default: what the header has")
    .option("--alerts", "only the rows at which an episode opens")
    .option("--config <file>", "detection as this configuration has it")
    .action((given: Arguments) => detect(given, parts));
}

async function detect(
  given: Arguments,
  { cli, detectors, remediations, engineSettings }: OfflineParts,
): Promise<void> {
  const { csv, detector, set, alerts } = given;
  const config = given.config === undefined ? undefined : loadConfig(given.config, remediations);
  const choice = choiceOf(given, config);
  const settings = config && engineSettings(withChoice(config, choice));
  const code = await runDetect(
    {
      csv,
      detectorTypes: detectors,
      set,
      ...(detector !== undefined && { detector }),
      ...choice,
      delimiter: delimiterOf(given.delimiter),
      ...(given.ignore !== undefined && { ignore: given.ignore.split(",") }),
      ...(alerts !== undefined && { alerts }),
      ...(settings !== undefined && { detectors: settings.detectors, decision: settings.decision }),
    },
    { stdout: (line) => cli.print(line), say: (line) => cli.say(line) },
  );
  cli.exitWith(code);
}

export interface DetectOptions extends DetectorChoice {
  readonly csv: string;
  readonly detectorTypes: readonly DetectorType<unknown>[];
  /** This one alone: it scores, then learns, every row. Default: the set that `run` uses. */
  readonly detector?: string;
  /** Parameters of that detector, each `key=JSON`. */
  readonly set?: readonly string[];
  /** Columns that are no features. */
  readonly ignore?: readonly string[];
  /** What separates the cells. Default: what the header has. */
  readonly delimiter?: string | undefined;
  /** Only the rows at which an episode opens; with one detector, those at which its score rises to 1.0 or more. */
  readonly alerts?: boolean;
  /** From a configuration, instead of the default set and decision. */
  readonly detectors?: readonly DetectorUse[];
  readonly decision?: Partial<DecisionSettings>;
}

/**
 * @returns the exit code: 0 whatever it finds; 1 when more than a tenth of the rows were left out or go back in time,
 * or more than nine tenths have no number
 * @throws CliError DW_CLI_USAGE, DW_CLI_NOTHING_TO_JUDGE; FileError DW_CLI_FILE
 */
export async function runDetect(options: DetectOptions, io: LineOutput): Promise<number> {
  const scorerFor = (names: readonly string[]): RowScorer => scorerOf(options, names);
  const [leftOut, badCells, odd] = [new LeftOut(), new LeftOut(), new LeftOut()];
  let rows: number | undefined;
  for await (const batch of detectRows({ ...options, scorerFor, leftOut, badCells, odd })) {
    if (rows === undefined) io.stdout("row,score");
    rows ??= 0;
    for (const scored of batch) {
      if (isShown(scored, options)) io.stdout(lineOf(rows, scored));
      rows++;
    }
  }
  return account({ rows: rows ?? 0, leftOut }, { badCells, odd }, io);
}

const isShown = (scored: ScoredRow | undefined, { alerts }: DetectOptions): boolean =>
  alerts !== true || scored?.opens === true;

function lineOf(row: number, scored: ScoredRow | undefined): string {
  return `${row},${scored?.score ?? ""}`;
}

interface Oddities {
  readonly badCells: LeftOut;
  readonly odd: LeftOut;
}

/** Words for oddities of rows that are scored nevertheless. */
const meanings: Readonly<Record<string, string>> = {
  no_value: "have no number at all",
  backward: "are earlier than a row above and count as just after it; sort the table by its time",
  future: "lie more than an hour ahead of the clock",
};

function account(accounted: Accounted, { badCells, odd }: Oddities, io: LineOutput): number {
  const { rows, leftOut } = accounted;
  const scored = rows - leftOut.rows;
  const problem = tooMuchLeftOut(accounted, scored) ?? sayingLittle(odd, scored);
  const cells = [...badCells.reasons.values()].map(
    ({ rows: count, example }) =>
      `${count} cells are no numbers and count as bad values: ${example}`,
  );
  const times = [...odd.reasons].map(
    ([reason, { rows: count, example }]) =>
      `${count} of ${counted(rows, "row")} ${meanings[reason]}: ${example}`,
  );
  for (const line of [...rowSentences(accounted), ...cells, ...times]) io.say?.(printable(line));
  return exitCodeOf(problem, io);
}

/** Shares of the scored rows above which what was found says little. */
const tolerated: readonly (readonly [reason: string, share: number, what: string])[] = [
  ["no_value", 0.9, "Nearly no row has a number"],
  ["backward", 0.1, "More than a tenth of the rows go back in time"],
];

function sayingLittle({ reasons }: LeftOut, scored: number): string | undefined {
  const found = tolerated.find(
    ([reason, share]) => (reasons.get(reason)?.rows ?? 0) > share * scored,
  );
  return found === undefined ? undefined : `${found[2]}, so what was found says little.`;
}

function scorerOf(options: DetectOptions, names: readonly string[]): RowScorer {
  const { detectorTypes, set = [], decision = {} } = options;
  if (options.detector !== undefined) {
    const type = detectorAsked(detectorTypes, options.detector);
    return soleScorer(
      { type, params: parametersOf(type, set, names), deciding: true },
      names.length,
    );
  }
  if (set.length > 0) {
    throw new CliError("DW_CLI_USAGE", "--set without --detector", {
      hint: "Name the detector that the parameters are for.",
    });
  }
  const detectors = options.detectors ?? detectorSet(detectorTypes, options);
  return ruledScorer({ names, detectors, decision });
}
