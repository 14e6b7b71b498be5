/** `driftwarden tune`: shows how many tickets and runs each sensitivity would have meant on rows that you have. */
import type { Command } from "commander";
import { type TuningOptions, tune } from "../replay/tune.ts";
import { exitCodeOf, tooMuchLeftOut } from "./accounting.ts";
import { CliError } from "./errors.ts";
import {
  detectionOf,
  type HistoryArguments,
  historyOf,
  withHistoryOptions,
} from "./history-options.ts";
import type { LineOutput } from "./line-output.ts";
import type { OfflineParts } from "./offline-parts.ts";
import { parseTicketBudget } from "./ticket-budget.ts";
import { accountedIn, jsonLines, sentences } from "./tune-text.ts";

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
    .action((given: Arguments) => tuneAsked(given, parts));
}

async function tuneAsked(given: Arguments, parts: OfflineParts): Promise<void> {
  const budget = given.budget === undefined ? undefined : budgetOf(given.budget);
  const history = await historyOf(given, parts);
  const { input, config, lastMs } = history;
  const code = await runTune(
    {
      input,
      detectionOf: (sensitivity) => detectionOf(history, parts, { sensitivity }),
      incidents: parts.whatIf(config),
      lastMs,
      budget,
      current: config?.detection.sensitivity,
      ...(given.json !== undefined && { json: given.json }),
    },
    { stdout: (line) => parts.cli.print(line), say: (line) => parts.cli.say(line) },
  );
  parts.cli.exitWith(code);
}

function budgetOf(text: string): number {
  const budget = parseTicketBudget(text);
  if (budget !== undefined) return budget;
  throw new CliError("DW_CLI_USAGE", `--budget ${text} is no number of tickets in a time`, {
    hint: 'Write it as "2 tickets/week" or "1/day".',
  });
}

export interface TuneOptions extends TuningOptions {
  readonly json?: boolean;
}

/**
 * @returns the exit code: 0 whatever it finds; 1 when more than a tenth of the rows were left out, or more than nine
 * tenths of the importances are no numbers
 * @throws CliError DW_CLI_NOTHING_TO_JUDGE; FileError DW_CLI_FILE; SourceError
 */
export async function runTune(options: TuneOptions, io: LineOutput): Promise<number> {
  const tuning = await tune(options);
  const problem = tooMuchLeftOut(accountedIn(tuning), tuning.attributions);
  const linesOf = options.json === true ? jsonLines : sentences;
  for (const line of linesOf(tuning)) io.stdout(line);
  return exitCodeOf(problem, io);
}
