/**
 * `driftwarden report`: counts people's verdicts by model and detector, or sums up a month. Nothing is learned from
 * either.
 */
import { type Command, Option } from "commander";
import { systemClock } from "../clock.ts";
import { modelName } from "../model-key.ts";
import { monthReport } from "../operator/month-report.ts";
import { report } from "../operator/report.ts";
import { counted } from "../plural.ts";
import type { VerdictCount } from "../store/incidents/verdicts.ts";
import { argumentsOf } from "./ask.ts";
import { columns } from "./columns.ts";
import { withConfigOption } from "./config-option.ts";
import { CliError } from "./errors.ts";
import { monthJson, monthLines } from "./month-text.ts";
import { readingStore, type StoreCommandParts } from "./store-command.ts";

interface FeedbackReportOptions {
  readonly config: string;
  readonly days: string;
  readonly month?: string;
  readonly json?: boolean;
}

export function registerReport(program: Command, parts: StoreCommandParts): void {
  withConfigOption(program.command(report.words))
    .description(report.help)
    .option("--days <count>", "incidents that opened in so many days", "30")
    .addOption(
      new Option("--month <month>", `${monthReport.help}; for example 2026-11`).conflicts("days"),
    )
    .option("--json", "JSON lines")
    .action(({ config, days, month, json }: FeedbackReportOptions) => {
      if (month !== undefined) return showMonth(month, { config, json }, parts);
      const asked = argumentsOf(report, { days });
      return readingStore(config, parts, async (store) => {
        const answer = await report.handle(asked, { store, clock: systemClock });
        const { cli } = parts;
        const lines =
          json === true
            ? answer.verdicts.map((count) => JSON.stringify(count))
            : reportLines(answer);
        for (const line of lines) cli.print(line);
      });
    });
}

/** The month is checked before the store is opened. */
function showMonth(
  month: string,
  {
    config: file,
    json,
  }: Omit<FeedbackReportOptions, "days" | "month" | "json"> & {
    readonly json: boolean | undefined;
  },
  parts: StoreCommandParts,
): Promise<void> {
  const asked = argumentsOf(monthReport, { month });
  return readingStore(file, parts, async (store, { report: { time_zone: timeZone } }) => {
    const answer = await monthReport.handle(asked, { store, timeZone });
    if (answer.isFuture === true)
      throw new CliError("DW_CLI_USAGE", `--month ${month} has not begun`, {
        hint: `The month that runs now is ${answer.current}.`,
      });
    const lines = json === true ? monthJson(answer) : monthLines(answer);
    for (const line of lines) parts.cli.print(line);
  });
}

const named = [
  ["real", "real"],
  ["false_positive", "false positive"],
  ["expected", "expected"],
  ["wont_do", "won't do"],
  ["wrong_team", "wrong team"],
] as const;

interface Reported {
  readonly days: number;
  readonly verdicts: readonly VerdictCount[];
}

/** A line for each model and detector, and what it means. */
export function reportLines({ days, verdicts }: Reported): readonly string[] {
  const total = sumOf(verdicts);
  const judged = sumOf(verdicts.filter(({ verdict }) => verdict !== null));
  const title = `Incidents of ${counted(days, "day")}: ${total}, of which people judged ${judged}`;
  if (total === 0) return [title];
  return [title, "", ...table(verdicts), "", meaning(verdicts, judged)];
}

const sumOf = (counts: readonly VerdictCount[]): number =>
  counts.reduce((sum, { count }) => sum + count, 0);

function table(verdicts: readonly VerdictCount[]): readonly string[] {
  const groups = new Map<string, readonly VerdictCount[]>();
  for (const one of verdicts) {
    const key = JSON.stringify([one.subject, one.detector]);
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  const shown = shownNames(new Set(verdicts.map(({ subject }) => subject)));
  const rows = [...groups.values()].map((group) => {
    const [{ subject, detector } = { subject: "", detector: "" }] = group;
    const counts = [...named.map(([verdict]) => verdict), null].map((wanted) =>
      String(sumOf(group.filter(({ verdict }) => verdict === wanted))),
    );
    return [shown(subject), detector || "-", ...counts];
  });
  const header = ["model", "detector", ...named.map(([, words]) => words), "nobody said"];
  return columns([header, ...rows]);
}

function nameOf(subject: string): string {
  const { source, model } = modelName(subject);
  return model || source;
}

/** The name alone where only one subject has it, otherwise the whole key. */
function shownNames(subjects: ReadonlySet<string>): (subject: string) => string {
  const counts = new Map<string, number>();
  for (const subject of subjects)
    counts.set(nameOf(subject), (counts.get(nameOf(subject)) ?? 0) + 1);
  return (subject) => (counts.get(nameOf(subject)) === 1 ? nameOf(subject) : subject);
}

/** Incidents that nobody judged are in no share, because nothing is known about them. */
function meaning(verdicts: readonly VerdictCount[], judged: number): string {
  if (judged === 0)
    return "Nobody has judged one yet: dw real, dw false-positive or dw expected on the ticket does.";
  const real = sumOf(verdicts.filter(({ verdict }) => verdict === "real"));
  const wrong = sumOf(verdicts.filter(({ verdict }) => verdict === "false_positive"));
  return `${real} of ${judged} judged ${real === 1 ? "was" : "were"} real, ${wrong} ${wrong === 1 ? "was" : "were"} false. Nothing is learned from this.`;
}
