/**
 * Maintenance windows: times of the week in which no fix runs. They are given in the local time of a time zone. Pure.
 *
 * A window begins when the local time is first `from`, and ends when it is last `to`. So it lasts through an hour that
 * occurs twice. If a clock change skips `from`, the window begins an hour earlier. If it skips `to`, the window ends an
 * hour later.
 */
import type { Matchers } from "../incidents/matchers.ts";
import { momentsOf, wallMs } from "../wall-clock.ts";

export interface MaintenanceWindow {
  readonly name: string;
  /** Days of the week on which the window begins; 0 is Sunday. Left out: every day. */
  readonly days?: readonly number[] | undefined;
  /** Minutes after midnight. */
  readonly from: number;
  /** Minutes after midnight. If it is not after `from`, the window ends on the next day. */
  readonly to: number;
  readonly timeZone: string;
  readonly matchers: Matchers;
}

/** A maintenance window that is in force. */
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

/** @returns the window in force that ends last; undefined when none is in force */
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

/**
 * How many windows may follow one another without a pause. Longer chains are expected only where windows cover the
 * whole week.
 */
const longestChain = 20;

/**
 * The end of the last window in an unbroken chain of windows; undefined when the chain is longer than `longestChain`.
 */
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

/**
 * The end of the window if it is in force now. It may have begun yesterday. If a clock change moves it, it may belong
 * to tomorrow.
 */
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
