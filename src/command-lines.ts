/**
 * Splits the text of a message into command lines, each without `dw` or `/`. The door decides which lines of a comment
 * it hands over.
 */

const prefix = /^(?:dw(?:\s+|$)|\/(?=[a-z]))/i;
const invisible = /[\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu;
const breaks = /[\r\n\p{Zl}\p{Zp}]+/u;
const mostLines = 20;

/** @returns at most 20 commands, each on one line without control characters and invisible ones */
export function commandLines(message: string): readonly string[] {
  return message
    .normalize("NFKC")
    .replaceAll(invisible, "")
    .split(breaks)
    .map((text) =>
      text
        .replaceAll(/[\s\p{Cc}]+/gu, " ")
        .trim()
        .replace(prefix, "")
        .trim(),
    )
    .filter((text) => text !== "")
    .slice(0, mostLines);
}
