/** What `driftwarden init` says at its end: what it wrote, what is not sure, what to do next. */
import { printable } from "../printable.ts";
import { sqlName } from "../source/discovery/settings.ts";
import type { SurveyedTables } from "../source/discovery/survey-tables.ts";
import { standardOutput } from "./init-files.ts";
import type { PlannedConfig } from "./init-plan.ts";
import { doubtLines, indented, obstacle } from "./init-text.ts";

export function reportLines({ out, config, files, doubts, sql }: PlannedConfig): readonly string[] {
  const lines = config.split("\n");
  const lineOf = (key: string): number | undefined => {
    const at = lines.findIndex((line) => line.startsWith(`    ${key}:`));
    return at < 0 ? undefined : at + 1;
  };
  const secrets = files.filter(({ isSecret }) => isSecret).map(({ file }) => file);
  return [
    ...(out === standardOutput ? [] : indented(writtenText(out, lines.length - 1), "")),
    ...secrets.flatMap((file) => indented(`The password is in ${file} (mode 0600).`, "")),
    ...doubtLines(doubts, lineOf),
    ...sqlLines("For the source, run as the table's owner in psql:", sql.source),
    ...sqlLines("For the store, run in psql as a role that may create databases:", sql.store),
    "Next:",
    ...nextCommands(out).map((command) => `  ${command}`),
  ];
}

const writtenText = (out: string, lines: number): string =>
  `Wrote ${out}: ${lines} lines. It only watches: no tickets, no restarts.`;

const sqlLines = (title: string, sql: readonly string[]): readonly string[] =>
  sql.length === 0 ? [] : [title, ...sql.map((line) => `  ${printable(line)}`)];

/** The commands as a shell takes them. */
function nextCommands(out: string): readonly string[] {
  const named = out === standardOutput ? "driftwarden.yaml" : out;
  const file = /^[\w./-]+$/.test(named) ? named : `'${named.replaceAll("'", String.raw`'\''`)}'`;
  const config = `--config ${file}`;
  return [
    `driftwarden check ${config}`,
    `driftwarden replay ${config} --last 30d --html report.html`,
    `driftwarden run ${config}`,
  ];
}

/** One JSON object for machines. */
export function jsonText(planned: PlannedConfig, survey: SurveyedTables): string {
  const { out, config, files, doubts, sql, settings, candidate } = planned;
  return JSON.stringify({
    tables: survey.seen,
    sampled: survey.sampled,
    candidates: survey.candidates.map((one) => ({
      table: sqlName(one.facts),
      score: one.score,
      form: one.found.shape.form,
      reason: one.found.reason,
      obstacle: obstacle(one)[0] ?? null,
      models: one.models,
      features: one.features,
      cadence_seconds: one.rhythm.cadence ?? null,
      rows: one.facts.rows ?? null,
    })),
    chosen: sqlName(candidate.facts),
    source: settings,
    doubts: doubts.map(({ message, sql: statement, key }) => ({
      message,
      sql: statement ?? null,
      key: key ?? null,
    })),
    sql,
    config,
    files: out === standardOutput ? [] : files.map(({ file }) => file),
    next: nextCommands(out),
  });
}
