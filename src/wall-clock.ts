/**
 * The wall clocks of a time zone: what they show at a moment, and when they show a time. Zones come from Intl.
 *
 * When clocks are put back, an hour is shown twice; when they are put forward, an hour is never shown.
 */

const dayMs = 86_400_000;

/** How far the wall clocks of a zone are ahead of UTC at a moment, ms. */
export function offsetMs(atMs: number, timeZone: string): number {
  const shown = formatOf(timeZone).format(atMs).replace(" ", "T");
  return Date.parse(`${shown}Z`) - Math.floor(atMs / 1000) * 1000;
}

/** One format a zone, because making it takes 50 times as long as using it. The configuration has few zones. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    dateStyle: "short",
    timeStyle: "medium",
  });
  formats.set(timeZone, made);
  return made;
}

/** The time that wall clocks show, written as if it were UTC, ms since 1970. */
export const wallMs = (atMs: number, timeZone: string): number => atMs + offsetMs(atMs, timeZone);

/**
 * When wall clocks show a time first and last. A time that is never shown gets two moments too: by the offset before
 * the change of clocks, and by the offset after it.
 */
export interface Moments {
  readonly firstMs: number;
  readonly lastMs: number;
}

/** @param shownMs a time of wall clocks, written as if it were UTC, ms since 1970 */
export function momentsOf(shownMs: number, timeZone: string): Moments {
  const offsets = [shownMs - dayMs, shownMs + dayMs].map((ms) => offsetMs(ms, timeZone));
  const found = offsets.map((offset) => shownMs - offset);
  const shown = found.filter((ms) => wallMs(ms, timeZone) === shownMs);
  const moments = shown.length === 0 ? found : shown;
  return { firstMs: Math.min(...moments), lastMs: Math.max(...moments) };
}
