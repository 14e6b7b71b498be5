/** Which of the candidates `driftwarden init` takes, and what a person decides about it. */
import { printable } from "../printable.ts";
import type { TableCandidate } from "../source/discovery/candidate.ts";
import { sourceGrants } from "../source/discovery/grants.ts";
import { type DecidedSettings, sqlName } from "../source/discovery/settings.ts";
import {
  type SourceReader,
  type SurveyedTables,
  surveyTables,
} from "../source/discovery/survey-tables.ts";
import type { SourceConnection } from "../source/options.ts";
import { CliError } from "./errors.ts";
import { mostShown, obstacle, readLines, tableText } from "./init-text.ts";
import { type Ask, yesOrNo } from "./question.ts";

interface TableChoice {
  readonly ask: Ask | undefined;
  readonly connection: SourceConnection;
}

/** @throws CliError DW_CLI_NO_TABLE when there is none that may be taken; SourceError */
export async function chosenOf(
  survey: SurveyedTables,
  choice: TableChoice,
): Promise<TableCandidate> {
  const { candidates } = survey;
  if (candidates.length === 0) throw noneFits(survey);
  const free = candidates.findIndex((candidate) => obstacle(candidate).length === 0);
  const asked =
    choice.ask === undefined || candidates.length === 1
      ? candidates[free]
      : await askWhich(candidates, Math.max(0, free), choice.ask);
  if (asked === undefined) throw noneFree(survey);
  if (obstacle(asked).length === 0) return asked;
  return await readable(asked, survey, choice.connection);
}

/** Reads a table that a person has chosen, although reading it runs code of its owner. */
async function readable(
  candidate: TableCandidate,
  survey: SurveyedTables,
  connection: SourceConnection,
): Promise<TableCandidate> {
  const { facts } = candidate;
  if (!facts.readable || !facts.runsCode) throw noneFree({ ...survey, candidates: [candidate] });
  const again = await surveyTables(connection, sqlName(facts));
  const found = again.candidates.find((other) => other.facts.oid === facts.oid);
  if (found === undefined) throw noneFits(again);
  return found;
}

async function askWhich(
  candidates: readonly TableCandidate[],
  best: number,
  ask: Ask,
): Promise<TableCandidate | undefined> {
  const shown = candidates.slice(0, mostShown);
  for (;;) {
    const answer = await ask(`Which? [${best + 1}] `);
    const chosen = candidates[answer === "" ? best : Number(answer) - 1];
    if (chosen !== undefined && (answer === "" || shown.includes(chosen))) return chosen;
  }
}

/** Asks a person what to decide. Without a terminal, the proposals are taken. */
export async function decidedOf(
  candidate: TableCandidate,
  { now }: SourceReader,
  { say, ask }: { readonly say: (lines: readonly string[]) => void; readonly ask: Ask | undefined },
): Promise<DecidedSettings> {
  const timeZone = candidate.time.hasZone ? "UTC" : await askZone(candidate, ask);
  say(readLines(candidate, now, timeZone));
  if (ask === undefined) return { timeZone };
  if (candidate.read.length > 0 && !(await confirmed(ask, "Right? [Y/n] ")))
    throw new CliError("DW_CLI_NO_TABLE", "the table is not read as it should be", {
      hint: "Nothing was written. Name another table by --table, or write the configuration and correct columns: in it.",
    });
  const { versions } = candidate;
  if (versions === undefined) return { timeZone };
  const names = `${printable(versions.before)}, then ${printable(versions.after)}`;
  const isVersioned = await confirmed(ask, `${names}: versions of one model? [Y/n] `);
  return { timeZone, isVersioned };
}

async function confirmed(ask: Ask, question: string): Promise<boolean> {
  for (;;) {
    const answer = yesOrNo(await ask(question), true);
    if (answer !== undefined) return answer;
  }
}

async function askZone({ time }: TableCandidate, ask: Ask | undefined): Promise<string> {
  if (ask === undefined) return "UTC";
  for (;;) {
    const answer = await ask(`"${printable(time.name)}" has no time zone. Which is it? [UTC] `);
    const zone = zoneOf(answer === "" ? "UTC" : answer);
    if (zone !== undefined) return zone;
  }
}

function zoneOf(text: string): string | undefined {
  if (/^[+-]/.test(text)) return undefined;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

const lookedFor =
  "A source has a column of time, and beside it: columns feature and importance, or a column of numbers for each feature, or a JSON object of numbers.";

function noneFits({ seen, others, reader }: SurveyedTables): CliError {
  const nearest = others.slice(0, 3).map((facts) => {
    const columns = facts.columns.slice(0, 6).map(({ name, type }) => `${name} ${type}`);
    return `${sqlName(facts)} (${columns.join(", ")})`;
  });
  const near =
    nearest.length === 0
      ? `${reader.role} sees no table; check the database's name, or grant it rights.`
      : `Nearest: ${nearest.join("; ")}. --table NAME takes one of them.`;
  const what = seen === 0 ? "there is no table" : `none of ${seen} tables looks like importances`;
  return new CliError("DW_CLI_NO_TABLE", `${what} in the database ${printable(reader.database)}`, {
    hint: `${lookedFor} ${printable(near)}`,
  });
}

function noneFree({ candidates, reader }: SurveyedTables): CliError {
  const [first] = candidates;
  if (first === undefined) throw new Error("no candidate is there");
  const { facts } = first;
  const hint = facts.readable
    ? `--table '${sqlName(facts)}' reads it.`
    : `Run as the table's owner: ${sourceGrants(facts, reader).join(" ")}`;
  const why = obstacle(first).join("; ");
  return new CliError("DW_CLI_NO_TABLE", `${tableText(first)} fits best, but: ${why}`, {
    hint: printable(hint),
  });
}
