/** The time column: its value in microseconds, its order, and bounds in its own type, so that an index is used. */
import { escapeLiteral } from "pg";
import type { SourceLayout, TimeColumnReading } from "../layout.ts";
import { type TimeUnit, timeUnits } from "../time-units.ts";
import { column } from "./names.ts";

type NumberColumn = Extract<TimeColumnReading, { readonly unit: TimeUnit }>;

/** Numbers from this many microseconds on, away from 1970, are infinite times. It is the year 294,276 and later. */
const longestUs = 9_223_372_036_854_000_000n;

const longestIn = (unit: TimeUnit): bigint => longestUs / BigInt(timeUnits[unit]);

/** The time column in its own type. */
export const time = ({ columns }: SourceLayout): string => column(columns.timestamp);

/** Microseconds as float8, exact to the year 2255; ±Infinity for an infinite time. NaN is infinite. */
export function instant(layout: SourceLayout): string {
  const { time: found } = layout;
  if ("unit" in found) return instantOfNumber(time(layout), found);
  const zoned =
    found.type === "timestamp with time zone"
      ? time(layout)
      : `(${time(layout)}::timestamp AT TIME ZONE ${escapeLiteral(found.zone)})`;
  return `round((extract(epoch FROM ${zoned}) * 1000000)::float8)`;
}

/** A number is compared before it is cast, because a cast or product beyond the range of float8 is an error. */
function instantOfNumber(ts: string, { unit }: NumberColumn): string {
  const most = longestIn(unit);
  return `CASE WHEN ${ts} >= ${most} THEN 'Infinity'::float8 WHEN ${ts} <= -${most} THEN '-Infinity'::float8
    ELSE round(${ts}::float8 * ${timeUnits[unit]}) END`;
}

/**
 * The order in which rows are read, before their places. Numbers are sorted by microsecond, because several numbers may
 * lie in one.
 */
export const order = (layout: SourceLayout): string =>
  "unit" in layout.time ? instant(layout) : time(layout);

/** Whether the row has a finite time. */
export function finite(layout: SourceLayout): string {
  const { time: found } = layout;
  if (!("unit" in found)) return `isfinite(${time(layout)})`;
  const most = longestIn(found.unit);
  return `(${time(layout)} < ${most} AND ${time(layout)} > -${most})`;
}

/**
 * Converts a bound in ISO text to the type of the time column. A whole number is above a bound exactly if it is above
 * the bound rounded down.
 */
export function bound({ time: found }: SourceLayout, parameter: string): string {
  const instantOfBound = `${parameter}::text::timestamptz`;
  if ("unit" in found) {
    const number = `extract(epoch FROM ${instantOfBound}) * ${1_000_000 / timeUnits[found.unit]}`;
    return found.type === "bigint" ? `floor(${number})::bigint` : `(${number})::${found.type}`;
  }
  if (found.type === "timestamp with time zone") return instantOfBound;
  return `(${instantOfBound} AT TIME ZONE ${escapeLiteral(found.zone)})`;
}
