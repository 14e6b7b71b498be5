/** `driftwarden tune`: shows how many tickets and runs each sensitivity would have meant on rows that you have. */
import type { Command } from "commander";
import { type Tuning, type TuningAdvice, type TuningOptions, tune } from "../replay/tune.ts";
import { type Accounted, exitCodeOf, rowSentences, tooMuchLeftOut } from "./accounting.ts";
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
  const { input, config, lastMs } = await historyOf(given, parts);
  const code = await runTune(
    {
      input,
      detectionOf: (sensitivity) => detectionOf(config, parts, { sensitivity }),
      incidents: parts.whatIf(config),
      lastMs,
      budget,
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
 * @returns the exit code: 1 when more than a tenth of the rows were left out, or nearly no importance is a number
 * @throws CliError DW_CLI_NOTHING_TO_JUDGE; FileError DW_CLI_FILE; SourceError
 */
export async function runTune(options: TuneOptions, io: LineOutput): Promise<number> {
  const tuning = await tune(options);
  const problem = tooMuchLeftOut(accountedIn(tuning), tuning.attributions);
  const linesOf = options.json === true ? jsonLines : sentences;
  for (const line of linesOf(tuning)) io.stdout(line);
  return exitCodeOf(problem, io);
}

const accountedIn = ({ advice, leftOut }: Tuning): Accounted => ({
  rows: advice.rows,
  leftOut,
  withoutNumber: advice.without_number,
  cleaned: advice.names_cleaned,
});

const jsonLines = ({ outcomes, advice }: Tuning): readonly string[] => [
  ...outcomes.map((outcome) => JSON.stringify(outcome)),
  JSON.stringify({ advice }),
];

function sentences(tuning: Tuning): readonly string[] {
  const { outcomes, advice } = tuning;
  const rows = outcomes.map((outcome) => [
    outcome.sensitivity,
    outcome.tickets_a_week,
    outcome.runs_a_week,
    outcome.tickets,
    outcome.reopened,
    outcome.episodes,
    outcome.runs,
    outcome.observed,
    outcome.denied,
  ]);
  const heads = ["", "tickets/week", "runs/week", "opened", "reopened", "episodes"];
  const table = [[...heads, "runs", "observed", "denied"], ...rows];
  const { models, rows: count, weeks } = advice;
  return [
    `${count} rows of ${models} models over ${weeks} weeks${weeks < 2 ? "; too little to rely on" : ""}`,
    ...rowSentences(accountedIn(tuning)),
    ...table.map((cells) =>
      cells
        .map((cell, i) => pad(String(cell), i))
        .join("  ")
        .trimEnd(),
    ),
    ...advised(advice),
  ];
}

const pad = (text: string, column: number): string =>
  column === 0 ? text.padEnd(6) : text.padStart(column < 3 ? 12 : 8);

function advised({ sensitivity, budget_tickets_a_week: budget }: TuningAdvice): readonly string[] {
  if (budget === null) return [];
  const budgetText = `${Number(budget.toFixed(2))} tickets a week`;
  if (sensitivity !== null) {
    return [`within ${budgetText}: set detection.sensitivity to ${sensitivity}`];
  }
  const quiet = "detection.sensitivity: low, and look at what opens the most: driftwarden replay";
  return [`no setting stays within ${budgetText}; the quietest is ${quiet}`];
}
