/** `driftwarden init`: proposes a first configuration for a database, and writes it. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { postgresAddressProblem } from "../address.ts";
import { AddressError } from "../address-errors.ts";
import { readSecret } from "../config/secret.ts";
import { surveyTables } from "../source/discovery/survey-tables.ts";
import { defaultConnection, type SourceConnection } from "../source/options.ts";
import type { Cli } from "./cli.ts";
import { chosenOf, decidedOf } from "./init-choice.ts";
import { refuseOut, standardOutput, writeFiles } from "./init-files.ts";
import { type InitArguments, plannedOf } from "./init-plan.ts";
import { jsonText, reportLines } from "./init-report.ts";
import { candidateLines } from "./init-text.ts";
import { type Ask, atTerminal } from "./question.ts";

export interface InitParts {
  readonly cli: Cli;
  /** How a person is asked; a test replaces it. */
  readonly atTerminal?: typeof atTerminal;
}

export function registerInit(program: Command, parts: InitParts): void {
  program
    .command("init")
    .description("look for importances in a database, and write a configuration that watches them")
    .requiredOption("--from <url>", "the database; SELECT is enough")
    .option("--password-file <file>", "a file with the password of that address")
    .option(
      "--store <url>",
      "where Driftwarden is to remember; default: driftwarden@ the same server",
    )
    .option("--table <name>", "the table or view, instead of a search; quoted as in SQL")
    .option("--out <file>", "where to write; - is stdout", "driftwarden.yaml")
    .option("--force", "overwrite what is there")
    .option("--yes", "take the proposals, ask nothing")
    .option("--json", "print what was found and written as one JSON object; ask nothing")
    .action((given: InitArguments) => init(given, parts));
}

/** @throws AddressError; FileError; SourceError; CliError DW_CLI_NO_TABLE */
async function init(given: InitArguments, parts: InitParts): Promise<void> {
  const { out, force = false, json, yes } = given;
  refuseAddress("--from", given.from);
  if (given.store !== undefined) refuseAddress("--store", given.store);
  refuseOut(out, { force });
  const isAsked = json !== true && yes !== true;
  const talk = isAsked ? (parts.atTerminal ?? atTerminal) : silently;
  try {
    await talk((ask) => propose(given, parts.cli, ask));
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "AbortError") throw error;
    parts.cli.say("Nothing was written.");
    parts.cli.exitWith(130);
  }
}

const silently: typeof atTerminal = (talk) => talk(undefined);

async function propose(given: InitArguments, cli: Cli, ask: Ask | undefined): Promise<void> {
  const { out, force = false, json = false } = given;
  // The configuration alone is on stdout when it is written there.
  const tell = (line: string): void => (out === standardOutput ? cli.say(line) : cli.print(line));
  const say = (lines: readonly string[]): void => (json ? [] : lines).forEach(tell);
  const started = performance.now();
  const connection = connectionOf(given);
  const survey = await surveyTables(connection, given.table);
  if (survey.candidates.length > 0) say(candidateLines(survey, performance.now() - started));
  const candidate = await chosenOf(survey, { ask, connection });
  const decided = await decidedOf(candidate, survey.reader, { say, ask });
  const planned = plannedOf(given, { reader: survey.reader, candidate, decided });
  if (out !== standardOutput) writeFiles(planned.files, { force });
  if (json) cli.print(jsonText(planned, survey));
  else if (out === standardOutput) cli.print(planned.config.trimEnd());
  say(reportLines(planned));
}

function refuseAddress(option: string, address: string): void {
  const problem = postgresAddressProblem(address);
  if (problem === undefined) return;
  const { code, message, hint } = problem;
  throw new AddressError(code, `the address in ${option} ${message}`, { hint });
}

const connectionOf = ({ from, passwordFile }: InitArguments): SourceConnection => ({
  ...defaultConnection,
  url: from,
  ...(passwordFile !== undefined && { password: readSecret(resolve(passwordFile)) }),
});
