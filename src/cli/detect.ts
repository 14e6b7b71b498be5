/** `driftwarden detect`: scores any table of numbers, row by row. */
import type { Command } from "commander";
import type { DetectorType } from "../../detectors/detector.ts";
import { loadConfig } from "../config/load.ts";
import { type DetectorChoice, detectorSet } from "../detection/default-detectors.ts";
import type { DecisionSettings, DetectorUse } from "../detection/settings.ts";
import { detectRows } from "../replay/detect.ts";
import { type RowScorer, ruledScorer, soleScorer } from "../replay/row-scorer.ts";
import { type ChoiceArguments, choiceOf, withChoice, withChoiceOptions } from "./choice-options.ts";
import { detectorAsked, parametersOf } from "./detector-parameters.ts";
import { CliError } from "./errors.ts";
import type { LineOutput } from "./line-output.ts";
import type { OfflineParts } from "./offline-parts.ts";

interface Arguments extends ChoiceArguments {
  readonly csv: string;
  readonly detector?: string;
  readonly set: readonly string[];
  readonly ignore?: string;
  readonly alerts?: boolean;
  readonly config?: string;
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
      "the table; a column timestamp is time, all others are features",
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
  await runDetect(
    {
      csv,
      detectorTypes: detectors,
      set,
      ...(detector !== undefined && { detector }),
      ...choice,
      ...(given.ignore !== undefined && { ignore: given.ignore.split(",") }),
      ...(alerts !== undefined && { alerts }),
      ...(settings !== undefined && { detectors: settings.detectors, decision: settings.decision }),
    },
    { stdout: (line) => cli.print(line) },
  );
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
  /** Only the rows at which an episode opens. */
  readonly alerts?: boolean;
  /** From a configuration, instead of the default set and decision. */
  readonly detectors?: readonly DetectorUse[];
  readonly decision?: Partial<DecisionSettings>;
}

/**
 * @returns the exit code, 0 whatever it finds
 * @throws CliError DW_CLI_USAGE, FileError DW_CLI_FILE
 */
export async function runDetect(options: DetectOptions, io: LineOutput): Promise<number> {
  const scorerFor = (names: readonly string[]): RowScorer => scorerOf(options, names);
  let row: number | undefined;
  for await (const batch of detectRows({ ...options, scorerFor })) {
    if (row === undefined) io.stdout("row,score");
    row ??= 0;
    for (const { score, opens } of batch) {
      if (options.alerts !== true || opens) io.stdout(`${row},${score ?? ""}`);
      row++;
    }
  }
  return 0;
}

function scorerOf(options: DetectOptions, names: readonly string[]): RowScorer {
  const { detectorTypes, set = [], decision = {} } = options;
  if (options.detector !== undefined) {
    const type = detectorAsked(detectorTypes, options.detector);
    return soleScorer({ type, params: parametersOf(type, set, names), judge: true }, names.length);
  }
  if (set.length > 0) {
    throw new CliError("DW_CLI_USAGE", "--set without --detector", {
      hint: "Name the detector that the parameters are for.",
    });
  }
  const detectors = options.detectors ?? detectorSet(detectorTypes, options);
  return ruledScorer({ names, detectors, decision });
}
