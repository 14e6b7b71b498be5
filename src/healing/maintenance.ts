/**
 * Maintenance windows: times of the week in which no fix runs, by the wall clocks of a time zone. Pure.
 *
 * A window begins when its clocks first show `from`, and ends when they last show `to`. So it holds through an hour that is
 * shown twice. Where `from` is never shown, it begins up to that hour earlier; where `to` is not, it ends that much later.
 */
import type { Matchers } from "../incidents/matchers.ts";
import { momentsOf, wallMs } from "../wall-clock.ts";

export interface MaintenanceWindow {
  readonly name: string;
  /** On which days it begins, 0 for Sunday; left out: on each. */
  readonly days?: readonly number[] | undefined;
  /** Minutes after midnight. */
  readonly from: number;
  /** The same. Not after `from`: it ends on the next day. */
  readonly to: number;
  readonly timeZone: string;
  readonly matchers: Matchers;
}

/** A window that holds. */
export interface HeldBy {
  readonly name: string;
  readonly timeZone: string;
  /** Its end, ms since 1970. */
  readonly untilMs: number;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** 1 January 1970 was a Thursday. */
const weekday = (day: number): number => (day + 4) % 7;

/** @returns the window that holds then and ends last; undefined when none holds */
export function heldBy(windows: readonly MaintenanceWindow[], nowMs: number): HeldBy | undefined {
  const [last] = windows
    .flatMap((window) => {
      const untilMs = endOf(window, nowMs);
      const { name, timeZone } = window;
      return untilMs === undefined ? [] : { name, timeZone, untilMs };
    })
    .toSorted((a, b) => b.untilMs - a.untilMs);
  return last;
}

/** More windows than that follow each other only where they cover the week. */
const longestChain = 20;

/** When no window holds any more, also none that follows at once; undefined when that is not to be seen. */
export function freeAfter(
  windows: readonly MaintenanceWindow[],
  nowMs: number,
): number | undefined {
  let atMs = nowMs;
  for (let n = 0; n < longestChain; n += 1) {
    const held = heldBy(windows, atMs);
    if (held === undefined) return atMs;
    atMs = held.untilMs;
  }
  return undefined;
}

/** The end of a window that holds at a moment. One of the day before may do so, or one that begins before midnight for a clock change. */
function endOf({ days, from, to, timeZone }: MaintenanceWindow, nowMs: number): number | undefined {
  const today = Math.floor(wallMs(nowMs, timeZone) / dayMs);
  const ends = [today - 1, today, today + 1].flatMap((day) => {
    if (days?.includes(weekday(day)) === false) return [];
    const endDay = to > from ? day : day + 1;
    const { firstMs } = momentsOf(day * dayMs + from * minuteMs, timeZone);
    const { lastMs } = momentsOf(endDay * dayMs + to * minuteMs, timeZone);
    return firstMs <= nowMs && nowMs < lastMs ? [lastMs] : [];
  });
  return ends.length === 0 ? undefined : Math.max(...ends);
}
