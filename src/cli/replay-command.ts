/** The arguments of `driftwarden replay`. */
import type { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import type { Sensitivity } from "../detection/default-detectors.ts";
import { parseDuration } from "../duration.ts";
import { type OfflineParts, sensitivityOption } from "./detect-command.ts";
import { CliError } from "./errors.ts";
import { runReplay } from "./replay.ts";

interface Arguments {
  readonly csv: readonly string[];
  readonly markers?: string;
  readonly last?: string;
  readonly sensitivity?: Sensitivity;
  readonly json?: boolean;
  readonly config?: string;
}

export function registerReplay(program: Command, parts: OfflineParts): void {
  program
    .command("replay")
    .description("what would have been opened on these rows; no tickets, no runs")
    .requiredOption(
      "--csv <files...>",
      "rows timestamp,model,feature,importance, in file order; .gz too",
    )
    .option("--markers <file>", "announced retrains: timestamp,model,marker")
    .option(
      "--last <duration>",
      "only episodes of this time before the newest row, for example 30d",
    )
    .addOption(sensitivityOption())
    .option("--json", "print JSON lines, the summary last")
    .option("--config <file>", "detection as this configuration has it")
    .action((given: Arguments) => replay(given, parts));
}

async function replay(given: Arguments, parts: OfflineParts): Promise<void> {
  const { csv, markers, sensitivity, json } = given;
  const { cli, detectors, remediations } = parts;
  const engine =
    given.config === undefined
      ? undefined
      : parts.engineSettings(loadConfig(given.config, remediations));
  const lastMs = given.last === undefined ? undefined : lastOf(given.last);
  await runReplay(
    {
      csv,
      detectorTypes: detectors,
      ...(markers !== undefined && { markers }),
      ...(sensitivity !== undefined && { sensitivity }),
      ...(lastMs !== undefined && { lastMs }),
      ...(json !== undefined && { json }),
      ...(engine !== undefined && { engine }),
    },
    { stdout: (line) => cli.print(line) },
  );
}

function lastOf(text: string): number {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new CliError("DW_CLI_USAGE", `--last ${text} is no duration`, {
    hint: "Write it as 30d or 12h.",
  });
}
