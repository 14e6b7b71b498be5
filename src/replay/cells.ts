/** Parses the text of a cell as a number or a time. */

const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const special = /^([+-]?)(nan|inf|infinity)$/i;
const time =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|UTC|GMT|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)?$/i;
const epoch = /^\d{9,19}(\.\d+)?$/;
const infinite = /^([+-]?)inf(inity)?$/i;

/** Texts of a missing value: the empty cell, and those that SQL, COPY, pandas and R write. */
const nulls: ReadonlySet<string> = new Set(["", "null", "\\n", "none", "na", "n/a", "<na>"]);

/** Texts of a missing name. They are fewer, since a feature may have the name `none`. */
const nullNames: ReadonlySet<string> = new Set(["", "null", "\\n", "<na>"]);

export const isNullName = (text: string): boolean => nullNames.has(text.trim().toLowerCase());

export const isNull = (text: string): boolean => nulls.has(text.trim().toLowerCase());

const fourCenturies = 146_097 * 86_400_000;

/** The accepted forms of a time, as text for hints. */
export const acceptedTimes =
  "Accepted are 2026-01-31T12:00:00Z, 2026-01-31 12:00:00+01, 2026-01-31 12:00:00 UTC, 2026-01-31, and seconds, milli-, micro- or nanoseconds since 1970. A time without a zone is UTC.";

/** @returns undefined if it is no number; `NaN`, `inf` and `Infinity` are numbers, in upper or lower case */
export function parseNumber(text: string): number | undefined {
  const cell = text.trim();
  if (number.test(cell)) return Number(cell);
  const match = special.exec(cell);
  if (match === null) return undefined;
  if (match[2]?.toLowerCase() === "nan") return Number.NaN;
  return match[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/**
 * Parses ISO 8601, `YYYY-MM-DD HH:MM:SS` or a number since 1970. A time without an offset is UTC.
 *
 * @returns microseconds since 1970, also infinite ones; undefined when it is no time
 */
export function parseTime(text: string): number | undefined {
  const cell = text.trim();
  const match = time.exec(cell);
  if (match === null) return epochTime(cell) ?? infiniteTime(cell);
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  // Date.UTC would read year 24 as 1924. The calendar repeats after 400 years.
  const ms = Date.UTC(year! + 400, month! - 1, day, hour, minute, second) - fourCenturies;
  const date = new Date(ms);
  // Date.UTC accepts dates that do not exist: 30 February becomes 2 March, month 13 becomes January.
  const isCarried = date.getUTCDate() !== day || date.getUTCMonth() !== month! - 1;
  if (isCarried || hour! > 23 || minute! > 59 || second! > 59) return undefined;
  const fraction = Number((match[7] ?? "").padEnd(6, "0").slice(0, 6));
  return (ms - offsetMs(match[8])) * 1000 + fraction;
}

/** Formats a time as ISO 8601 in UTC, with microseconds if there are any. */
export function formatTime(us: number): string {
  const iso = new Date(Math.floor(us / 1000)).toISOString();
  const rest = us - Math.floor(us / 1000) * 1000;
  return rest === 0 ? iso : iso.replace("Z", `${String(Math.floor(rest)).padStart(3, "0")}Z`);
}

function offsetMs(zone: string | undefined): number {
  if (zone === undefined || /^[a-z]/i.test(zone)) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", "") || 0);
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}

/** The units of a number since 1970, in microseconds; then the range of times in which such a number must lie. */
const units = [1_000_000, 1000, 1, 0.001];
const earliest = Date.UTC(1980) * 1000;
const latest = Date.UTC(2100) * 1000;

/** A number since 1970, in the one unit that puts it between 1980 and 2100. No unit does so for `20260131`. */
function epochTime(cell: string): number | undefined {
  if (!epoch.test(cell)) return undefined;
  const value = Number(cell);
  const unit = units.find((us) => value * us >= earliest && value * us < latest);
  return unit === undefined ? undefined : Math.round(value * unit);
}

function infiniteTime(cell: string): number | undefined {
  const match = infinite.exec(cell);
  if (match === null) return undefined;
  return match[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
