/** Parses the text of a cell as a number or a time. */

const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const special = /^([+-]?)(nan|inf|infinity)$/i;
const time =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/** @returns undefined when it is no number; `NaN`, `inf` and `Infinity` in any case are */
export function parseNumber(text: string): number | undefined {
  const cell = text.trim();
  if (number.test(cell)) return Number(cell);
  const match = special.exec(cell);
  if (match === null) return undefined;
  if (match[2]?.toLowerCase() === "nan") return Number.NaN;
  return match[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/**
 * ISO 8601 or `YYYY-MM-DD HH:MM:SS`; UTC unless it says otherwise.
 *
 * @returns microseconds since 1970; undefined when it is no time
 */
export function parseTime(text: string): number | undefined {
  const match = time.exec(text.trim());
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const ms = Date.UTC(year!, month! - 1, day, hour, minute, second);
  // Date.UTC carries what does not exist over: 30 February becomes 2 March.
  if (new Date(ms).getUTCDate() !== day || hour! > 23 || minute! > 59 || second! > 59)
    return undefined;
  const fraction = Number((match[7] ?? "").padEnd(6, "0").slice(0, 6));
  return (ms - offsetMs(match[8])) * 1000 + fraction;
}

/** ISO 8601, UTC, to the microsecond where there are any. */
export function formatTime(us: number): string {
  const iso = new Date(Math.floor(us / 1000)).toISOString();
  const rest = us - Math.floor(us / 1000) * 1000;
  return rest === 0 ? iso : iso.replace("Z", `${String(Math.floor(rest)).padStart(3, "0")}Z`);
}

function offsetMs(zone: string | undefined): number {
  if (zone === undefined || zone.toUpperCase() === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(":", "") || 0);
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}
