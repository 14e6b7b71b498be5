/** Writes counts, and a noun in singular or plural by its count, for people. */

/** `1,204,000`; rounded to a whole number. */
export const grouped = (count: number): string => Math.round(count).toLocaleString("en");

/** `1 episode`, `0 episodes`; a count that is text already stays as it is. */
export const counted = (count: number | string, noun: string, plural?: string): string =>
  `${count} ${nounFor(Number(count), noun, plural)}`;

/** The noun without its count. */
export const nounFor = (count: number, noun: string, plural = `${noun}s`): string =>
  count === 1 ? noun : plural;
