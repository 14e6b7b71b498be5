/** Finds the known word that was most likely meant. */

/** Changes of one letter (insert, delete, replace) that turn one word into the other. O(a·b) time. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of a.split("").entries()) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (letter === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}

/**
 * @returns the known word that it begins, or the one with the fewest changes; undefined when even that one changes more than half of the letters
 * @example nearest("pol_intervall", ["poll_interval", "table"]) // "poll_interval"
 */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const start = known.find((name) => word.length >= 3 && name.startsWith(word.toLowerCase()));
  if (start !== undefined) return start;
  const [best] = known
    .map((name) => ({ name, changes: distance(word.toLowerCase(), name.toLowerCase()) }))
    .toSorted((a, b) => a.changes - b.changes);
  return best && best.changes * 2 <= Math.max(word.length, best.name.length)
    ? best.name
    : undefined;
}
