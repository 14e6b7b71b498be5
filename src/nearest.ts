/** Finds the known word that was most likely meant. */

/** Longer words are not compared: nobody types them by heart, and many comparisons would block the process. */
const longestTyped = 64;

/** Changes of one letter (insert, delete, replace) that turn one word into the other. O(a·b) time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  let next = row.slice();
  for (let i = 0; i < a.length; i++) {
    next[0] = i + 1;
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next[j + 1] = Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1);
    }
    [row, next] = [next, row];
  }
  return row.at(-1) ?? 0;
}

/**
 * @returns a known word that begins with `word`, else the one with the fewest changes. Undefined when more than half of
 *   the letters would change, or `word` has more than 64.
 * @example nearest("pol_intervall", ["poll_interval", "table"]) // "poll_interval"
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const start = known.find((name) => word.length >= 3 && name.startsWith(word.toLowerCase()));
  if (start !== undefined) return start;
  if (word.length > longestTyped) return undefined;
  const isNear = (changes: number, name: string): boolean =>
    changes * 2 <= Math.max(word.length, name.length);
  const [best] = known
    // The difference in length is the least number of changes, and cheap to compute.
    .filter((name) => isNear(Math.abs(name.length - word.length), name))
    .map((name) => ({ name, changes: distance(word.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.changes - b.changes);
  return best && isNear(best.changes, best.name) ? best.name : undefined;
}
