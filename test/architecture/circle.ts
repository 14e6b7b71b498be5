/** Finds imports that run in a circle. */

/** The first circle of imports that starts and ends at a file; undefined when there is none. */
export function circle(
  start: string,
  importsOf: ReadonlyMap<string, readonly string[]>,
): readonly string[] | undefined {
  const seen = new Set<string>();
  const walk = (file: string, path: readonly string[]): readonly string[] | undefined => {
    for (const next of importsOf.get(file) ?? []) {
      if (next === start) return [...path, next];
      if (seen.has(next)) continue;
      seen.add(next);
      const found = walk(next, [...path, next]);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return walk(start, [start]);
}
