/** Keeps figures to the right of names that are written from right to left, such as Arabic and Hebrew ones. */

const rtl =
  "\\u0590-\\u08FF\\uFB1D-\\uFDFF\\uFE70-\\uFEFC\\u{10800}-\\u{10FFF}\\u{1E800}-\\u{1EFFF}";
/** A right-to-left word at the end of the text, or before a left-to-right word. */
const lastWord = new RegExp(`\\S*[${rtl}]\\S*(?=\\s+[^\\s${rtl}]+(?:\\s|$)|\\s*$)`, "gu");
const leftToRightMark = "\u200E";

/**
 * Adds marks after such words. Without a mark, Unicode's algorithm moves a following number to the left of the word.
 */
export function leftToRight(text: string): string {
  return text.replaceAll(lastWord, (word) => `${word}${leftToRightMark}`);
}
