/** The arguments of `driftwarden detect`. */
import type { Command } from "commander";
import type { DetectorType } from "../../detectors/detector.ts";
import type { Remediations } from "../config/fixes.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import type { EngineSettings } from "../detection/settings.ts";
import type { WhatIfOptions } from "../replay/what-if.ts";
import type { SourceOptions } from "../source/options.ts";
import { type ChoiceArguments, choiceOf, withChoice, withChoiceOptions } from "./choice-options.ts";
import type { Cli } from "./cli.ts";
import { runDetect } from "./detect.ts";

/** What commands that detect without effects are given. */
export interface OfflineParts {
  readonly cli: Cli;
  readonly detectors: readonly DetectorType<unknown>[];
  readonly remediations: Remediations;
  /** The engine as a configuration has it. */
  readonly engineSettings: (config: Config) => EngineSettings;
  /** The sources that a configuration names. */
  readonly sources: (config: Config) => readonly SourceOptions[];
  /** Incidents and fixes as a configuration has them; without one as it has them by default. */
  readonly whatIf: (config: Config | undefined) => Omit<WhatIfOptions, "sinceMs">;
}

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
