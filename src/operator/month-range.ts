/** Months as people name them (`2026-11`), and when they begin and end in a time zone. Pure. */
import { momentsOf } from "../wall-clock.ts";

/** A month of a calendar. */
export interface Month {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
}

/** The next month must have a year of four digits too, or no clock shows it. */
const lastYear = 9998;

/** @returns undefined when the text is no month, such as `2026-13` */
export function parseMonth(text: string): Month | undefined {
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text) ?? [];
  const isYear = Number(year) >= 1970 && Number(year) <= lastYear;
  return isYear ? { year: Number(year), month: Number(month) } : undefined;
}

/** `2026-11`. */
export const monthText = ({ year, month }: Month): string =>
  `${year}-${String(month).padStart(2, "0")}`;

/** @param by months later; negative for earlier */
export function monthAfter({ year, month }: Month, by: number): Month {
  const months = year * 12 + (month - 1) + by;
  return { year: Math.floor(months / 12), month: (months % 12) + 1 };
}

/** From the first midnight of the month to the first midnight of the next month, in the time zone. */
export function rangeOf(
  month: Month,
  timeZone: string,
): { readonly startMs: number; readonly endMs: number } {
  const startOf = ({ year, month: number }: Month): number =>
    momentsOf(Date.UTC(year, number - 1, 1), timeZone).firstMs;
  return { startMs: startOf(month), endMs: startOf(monthAfter(month, 1)) };
}
