/** Describes why a text cannot be read as a time. */
import { acceptedTimes } from "./cells.ts";

/** The first form that fits decides. */
const problems: readonly (readonly [form: RegExp, problem: string])[] = [
  [/^\d{4}-\d\d-\d\d[T ]24:/, "has an hour 24. Write 00:00:00 of the next day"],
  [/^\d{4}-\d\d-\d\d[T ]\d\d:60/, "has a minute 60. Write 00 of the next hour"],
  [/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:60/, "has a second 60. Write 59, or 00 of the next minute"],
  [/\d *[ap]\.?m\b/i, "counts twelve hours. Write 13:00:00 for 1 PM"],
  [/^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b/, "does not tell which number is the day. Write 2026-01-31"],
  [/^\d{4}[./]\d{1,2}[./]\d{1,2}\b/, "has no dashes between year, month and day"],
  [/^\d{4}-\d\d-\d\d/, "is no time that a calendar and a clock of 24 hours have"],
  [/^\d{4}-\d{1,2}-\d{1,2}/, "needs two digits for the month and for the day"],
  [/^[+-]?\d+([.,]\d+)?$/, "is a number, and no time between 1980 and 2100 in any unit"],
  [
    /\b[a-z]{3,9}\b.*\d|\d.*\b[a-z]{3,9}\b/i,
    "has words for a day or a month. Write them as numbers",
  ],
];

/** @param text that `parseTime` cannot read */
export function timeProblem(text: string): string {
  const cell = text.trim();
  const found = problems.find(([form]) => form.test(cell))?.[1] ?? "is no time";
  return `timestamp ${JSON.stringify(text.slice(0, 100))} ${found}. ${acceptedTimes}`;
}
