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
  place: { readonly level: number; readonly window: number },
  row: Row,
): boolean {
  const known = positions[place.level];
  const ts = finite(row.ts);
  if (known === undefined) {
    positions[place.level] = [place.window, ts, row.tid];
    return true;
  }
  if (!isAbove(known, place.window, { ts, tid: row.tid })) return false;
  known[0] = place.window;
  known[1] = ts;
  known[2] = row.tid;
  return true;
}

function isAbove(
  known: Position,
  window: number,
  { ts, tid }: { ts: number; tid: number },
): boolean {
  if (window !== known[0]) return window > known[0];
  if (ts !== known[1]) return ts > known[1];
  return tid > known[2];
}
