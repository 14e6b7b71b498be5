/** The lines of a message that ask for something, each without `dw` or `/`. Which lines of a comment those are, its door knows. */

const prefix = /^(?:dw(?:\s+|$)|\/(?=[a-z]))/i;
const invisible = /[\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu;
const breaks = /[\r\n\p{Zl}\p{Zp}]+/u;
const mostLines = 20;

/** At most 20, on one clean line each. */
export function commandLines(said: string): readonly string[] {
  return said
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
