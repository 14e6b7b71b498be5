/** Keeps figures to the right of names that are written from right to left, such as Arabic and Hebrew ones. */

const rtl =
  "\\u0590-\\u08FF\\uFB1D-\\uFDFF\\uFE70-\\uFEFC\\u{10800}-\\u{10FFF}\\u{1E800}-\\u{1EFFF}";
/** A word from right to left that ends the text, or that a word from left to right follows. */
const lastWord = new RegExp(`\\S*[${rtl}]\\S*(?=\\s+[^\\s${rtl}]+(?:\\s|$)|\\s*$)`, "gu");
const leftToRightMark = "\u200E";

/** Without the marks, Unicode's algorithm moves a number that follows such a word to its left. */
export function leftToRight(text: string): string {
  return text.replaceAll(lastWord, (word) => `${word}${leftToRightMark}`);
}
