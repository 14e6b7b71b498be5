/** The time column: its value in microseconds, its order, and bounds in its own type, so that an index is used. */
import { escapeLiteral } from "pg";
import type { SourceLayout, TimeColumnReading } from "../layout.ts";
import { type TimeUnit, timeUnits } from "../time-units.ts";
import { column } from "./names.ts";

type NumberColumn = Extract<TimeColumnReading, { readonly unit: TimeUnit }>;
type LocalColumn = Extract<TimeColumnReading, { readonly zone: string }>;

/** Numbers from this many microseconds on, away from 1970, are infinite times. It is the year 294,276 and later. */
const longestUs = 9_223_372_036_854_000_000n;

const longestIn = (unit: TimeUnit): bigint => longestUs / BigInt(timeUnits[unit]);

/** The time column in its own type. */
export const time = ({ columns }: SourceLayout): string => column(columns.timestamp);

/** A date or a timestamp outside of these is infinite: it may be no timestamp in UTC, which is an error. */
const localRange = ({ type }: LocalColumn) => ({
  from: `'4712-01-01 BC'::${type}`,
  until: `'294276-01-01'::${type}`,
});

const hasZone = ({ type }: TimeColumnReading): boolean => type === "timestamp with time zone";

/** Microseconds as float8, exact to the year 2255; ±Infinity for an infinite time. NaN is infinite. */
export function instant(layout: SourceLayout): string {
  const { time: found } = layout;
  const ts = time(layout);
  if ("unit" in found) return instantOfNumber(ts, found);
  if (hasZone(found)) return microseconds(ts);
  const { from, until } = localRange(found);
  return `CASE WHEN ${ts} >= ${until} THEN 'Infinity'::float8 WHEN ${ts} < ${from} THEN '-Infinity'::float8
    ELSE ${microseconds(`(${ts}::timestamp AT TIME ZONE ${escapeLiteral(found.zone)})`)} END`;
}

const microseconds = (zoned: string): string =>
  `round((extract(epoch FROM ${zoned}) * 1000000)::float8)`;

/**
 * A number is compared before it is cast, because a cast or product beyond the range of float8 is an error. An exact
 * number is rounded before it is cast, because one too close to 0 for float8 is an error too.
 */
function instantOfNumber(ts: string, { type, unit }: NumberColumn): string {
  const most = longestIn(unit);
  const rounded =
    type === "numeric"
      ? `round(${ts} * ${timeUnits[unit]})::float8`
      : `round(${ts}::float8 * ${timeUnits[unit]})`;
  return `CASE WHEN ${ts} >= ${most} THEN 'Infinity'::float8 WHEN ${ts} <= -${most} THEN '-Infinity'::float8
    ELSE ${rounded} END`;
}

/**
 * The order of rows by the time that they are sent with, before their places. Detection drops a row that is not above
 * the one before. Several numbers may lie in one microsecond, and a local time that the zone skips is later than the
 * local times after it.
 */
export const order = (layout: SourceLayout): string =>
  hasZone(layout.time) ? time(layout) : instant(layout);

/** Whether the row has a finite time. */
export function finite(layout: SourceLayout): string {
  const { time: found } = layout;
  const ts = time(layout);
  if (hasZone(found)) return `isfinite(${ts})`;
  if (!("unit" in found)) {
    const { from, until } = localRange(found);
    return `(${ts} >= ${from} AND ${ts} < ${until})`;
  }
  const most = longestIn(found.unit);
  return `(${ts} < ${most} AND ${ts} > -${most})`;
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
