/** The distance of a value from a range. */

/** Least width of a range that counts: as a fraction of its larger limit, and absolute. */
const REL_FLOOR = 1e-6;
const ABS_FLOOR = 1e-12;

/** Distance of a value from a range, in widths of the range; 0 within it. */
export function beyond(y: number, low: number, high: number): number {
  const distance = Math.max(y - high, low - y, 0);
  if (distance === 0) return 0;
  return (
    distance / Math.max(high - low, REL_FLOOR * Math.max(Math.abs(low), Math.abs(high)), ABS_FLOOR)
  );
}
