/** Makes text from data safe to print: on a terminal it can neither move the cursor nor reorder or hide words. */

/**
 * Control characters, and those that reverse, join, hide or break text: bidirectional marks, zero-width characters,
 * line and paragraph separators, tags, and halves of a character.
 */
const unprintable =
  /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\ufff0-\uffff]/gu;
const unprintableButNewlines = new RegExp(`(?!\\n)(?:${unprintable.source})`, "gu");

/**
 * Escapes each character that a terminal would obey, such as `\u001b`. The result is one line. Use it for names and
 * values that came from data.
 *
 * @returns the escaped text; a line of JSON keeps its meaning, because the escapes are those of JSON's strings
 */
export function printable(text: string): string {
  return text.replace(unprintable, escaped);
}

/** The same for a text of several lines, whose line breaks are ours. */
export function printableLines(text: string): string {
  return text.replace(unprintableButNewlines, escaped);
}

const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  const codes = units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`);
  return short[character] ?? codes.join("");
}
