/** The arguments of `driftwarden replay`. */
import type { Command } from "commander";
import { type ChoiceArguments, withChoiceOptions } from "./choice-options.ts";
import type { OfflineParts } from "./detect-command.ts";
import {
  detectionOf,
  type HistoryArguments,
  historyOf,
  withHistoryOptions,
} from "./history-options.ts";
import { runReplay } from "./replay.ts";

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
  const { input, config, lastMs } = await historyOf(given, parts);
  await runReplay(
    {
      ...input,
      ...detectionOf(config, parts, given),
      ...(lastMs !== undefined && { lastMs }),
      ...(given.json !== undefined && { json: given.json }),
      ...(given.html !== undefined && { html: given.html }),
    },
    { stdout: (line) => parts.cli.print(line) },
  );
}
