/** The options `--preset` and `--sensitivity`. */
import { type Command, Option } from "commander";
import { type Preset, presets, type Sensitivity, sensitivities } from "../../detectors/preset.ts";
import type { Config } from "../config/schema.ts";

import { CliError } from "./errors.ts";

export interface ChoiceArguments {
  readonly preset?: Preset;
  readonly sensitivity?: Sensitivity;
}

export function withChoiceOptions(command: Command): Command {
  const preset = new Option(
    "--preset <name>",
    "which detectors decide; plain: 3 sigma and half-space trees alone, with textbook thresholds",
  );
  const level = new Option("--sensitivity <level>", "how readily something counts as an anomaly");
  return command.addOption(preset.choices(presets)).addOption(level.choices(sensitivities));
}

/**
 * The chosen preset and sensitivity, which replace those of a configuration.
 *
 * @throws CliError DW_CLI_USAGE when the preset has no sensitivity
 */
export function choiceOf(
  { preset, sensitivity }: ChoiceArguments,
  config: Config | undefined,
): ChoiceArguments {
  if ((preset ?? config?.detection.preset) === "plain" && sensitivity !== undefined) {
    throw new CliError("DW_CLI_USAGE", "the preset plain has no sensitivity", {
      hint: "Its thresholds are fixed: leave the sensitivity out, or take the preset standard.",
    });
  }
  return {
    ...(preset !== undefined && { preset }),
    ...(sensitivity !== undefined && { sensitivity }),
  };
}

/** The configuration with that choice. */
export function withChoice(config: Config, choice: ChoiceArguments): Config {
  return { ...config, detection: { ...config.detection, ...choice } };
}
