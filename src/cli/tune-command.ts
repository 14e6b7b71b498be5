/** The arguments of `driftwarden tune`. */
import type { Command } from "commander";
import type { OfflineParts } from "./detect-command.ts";
import { CliError } from "./errors.ts";
import {
  detectionOf,
  type HistoryArguments,
  historyOf,
  withHistoryOptions,
} from "./history-options.ts";
import { parseTicketBudget } from "./ticket-budget.ts";
import { runTune } from "./tune.ts";

interface Arguments extends HistoryArguments {
  readonly budget?: string;
  readonly json?: boolean;
}

export function registerTune(program: Command, parts: OfflineParts): void {
  withHistoryOptions(
    program
      .command("tune")
      .description("how many tickets and runs each sensitivity would have meant on these rows"),
  )
    .option("--budget <tickets>", "tickets that are welcome: 2 tickets/week, 1/day")
    .option("--json", "print JSON lines: a sensitivity a line, the advice last")
    .action((given: Arguments) => tune(given, parts));
}

async function tune(given: Arguments, parts: OfflineParts): Promise<void> {
  const budget = given.budget === undefined ? undefined : budgetOf(given.budget);
  const { input, config, lastMs } = await historyOf(given, parts);
  await runTune(
    {
      input,
      detectionOf: (sensitivity) => detectionOf(config, parts, { sensitivity }),
      incidents: parts.whatIf(config),
      ...(lastMs !== undefined && { lastMs }),
      ...(budget !== undefined && { budget }),
      ...(given.json !== undefined && { json: given.json }),
    },
    { stdout: (line) => parts.cli.print(line) },
  );
}

function budgetOf(text: string): number {
  const budget = parseTicketBudget(text);
  if (budget !== undefined) return budget;
  throw new CliError("DW_CLI_USAGE", `--budget ${text} is no number of tickets in a time`, {
    hint: 'Write it as "2 tickets/week" or "1/day".',
  });
}
