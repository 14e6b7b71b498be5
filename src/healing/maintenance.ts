/**
 * Maintenance windows: times of the week in which no fix runs, by the wall clocks of a time zone. Pure.
 *
 * A window begins when its clocks first show `from`, and ends when they last show `to`. So it holds through an hour
 * that is shown twice. Where a clock change skips `from`, it begins an hour earlier. Where it skips `to`, it ends an
 * hour later.
 */
import type { Matchers } from "../incidents/matchers.ts";
import { momentsOf, wallMs } from "../wall-clock.ts";

export interface MaintenanceWindow {
  readonly name: string;
  /** Days of the week on which it begins, 0 is Sunday. Left out: every day. */
  readonly days?: readonly number[] | undefined;
  /** Minutes after midnight. */
  readonly from: number;
  /** Minutes after midnight. If it is not after `from`, the window ends on the next day. */
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

/** @returns of the windows that hold, the one that ends last; undefined when none holds */
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

/** Longer chains of windows without a pause are expected only where they cover the whole week. */
const longestChain = 20;

/** When no window holds any more, not even one that follows at once; undefined when the chain has no end in sight. */
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

/** The end of the window if it holds now. It may belong to yesterday, or to tomorrow where a clock change moves it. */
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
