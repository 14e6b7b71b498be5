/** Durations as people write them (`30s`, `5m`, `7d`) to milliseconds and back. */

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Words for a unit; each may end in `s`. */
const unitWords: Readonly<Record<string, string>> = {
  millisecond: "ms",
  sec: "s",
  second: "s",
  min: "m",
  minute: "m",
  hr: "h",
  hour: "h",
  day: "d",
  week: "w",
};

/**
 * @param text one or more amounts with a unit, in any order: `90s`, `1h30m`, `1 hour`, `2 days 12 hours`
 * @returns whole milliseconds, ≥ 0; undefined when the text is not a duration
 * @example parseDuration("1h30m") // 5400000
 */
export function parseDuration(text: string): number | undefined {
  let total = 0;
  let rest = text.trim();
  do {
    const found = /^(\d+(?:\.\d+)?) *([a-z]+)(?: +|(?=\d)|$)/.exec(rest);
    const ms = unitOf(found?.[2] ?? "");
    if (found === null || ms === undefined) return undefined;
    total += Number(found[1]) * ms;
    rest = rest.slice(found[0].length);
  } while (rest !== "");
  return Math.round(total);
}

/** Milliseconds of a unit, or of a word for one. */
function unitOf(word: string): number | undefined {
  return unitMs[word] ?? unitMs[unitWords[word.replace(/s$/, "")] ?? ""];
}

/** Cuts a duration of ten minutes or more to whole minutes: people do not need its seconds. */
export const roughMs = (ms: number): number => (ms < 600_000 ? ms : ms - (ms % 60_000));

/**
 * A duration in its two largest units that are not 0; smaller ones are cut off.
 * @example formatDuration(5_400_000) // "1h30m"
 */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  let rest = Math.round(ms / 1000) * 1000;
  const parts: string[] = [];
  for (const unit of ["d", "h", "m", "s"]) {
    const size = unitMs[unit] ?? 1;
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0) parts.push(`${amount}${unit}`);
  }
  return parts.slice(0, 2).join("");
}
