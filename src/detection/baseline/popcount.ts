/** Counts the bits that are set. Each of them is one attribution that crossed a boundary. */

/** @param mask 0 to 2^31 − 1 */
export function popcount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}
