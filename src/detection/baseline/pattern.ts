/** Patterns over names: `*` stands for any text, everything else for itself. */

/**
 * The time is linear in the length of the name for every part of the pattern, for any name and pattern.
 *
 * @example matches("churn-*", "churn-eu") // true
 */
export function matches(pattern: string, name: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return pattern === name;
  if (!name.startsWith(first)) return false;
  let from = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return name.length - last.length >= from && name.endsWith(last);
}
