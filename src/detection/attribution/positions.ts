/** Deduplication: drops a row whose position is not above the last position of its level. */
import type { Row } from "../../stream/record.ts";
import type { Position } from "../model-facts.ts";

/** The level of history rows. They may be sent twice, so they have a position too. */
export const historyLevel = -1;

/** JSON has no infinite numbers, so an infinite time is kept as the largest finite one. */
const finite = (ts: number): number => Math.min(Math.max(ts, -Number.MAX_VALUE), Number.MAX_VALUE);

/** Moves the level's position to the row. @returns false if the row is not above the position, so it was seen before */
export function advance(
  positions: Record<string, Position>,
  { level, window }: { readonly level: number; readonly window: number },
  row: Row,
): boolean {
  const { tid, place = 0 } = row;
  const ts = finite(row.ts);
  const known = (positions[level] ??= [-Infinity, ts, tid]);
  if (!isAbove(known, { window, ts, tid, place })) return false;
  known[0] = window;
  known[1] = ts;
  known[2] = tid;
  // A place of 0 is left out, so the states of long tables stay as they are.
  if (place === 0) known.length = 3;
  else known[3] = place;
  return true;
}

interface Reached {
  readonly window: number;
  readonly ts: number;
  readonly tid: number;
  readonly place: number;
}

function isAbove(known: Readonly<Position>, { window, ts, tid, place }: Reached): boolean {
  if (window !== known[0]) return window > known[0];
  if (ts !== known[1]) return ts > known[1];
  if (tid !== known[2]) return tid > known[2];
  return place > (known[3] ?? 0);
}
