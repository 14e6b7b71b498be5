/** Breaks a text into lines at its spaces. */

export interface WrapOptions {
  /** Longest line. A longer word is not broken. */
  readonly width: number;
  /** How wide a text is shown. Default: its number of UTF-16 units. */
  readonly lengthOf?: (text: string) => number;
}

export function wrapped(
  text: string,
  { width, lengthOf = ({ length }) => length }: WrapOptions,
): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && lengthOf(line) + 1 + lengthOf(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
