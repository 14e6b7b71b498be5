/** Shortens text to the available width in a picture. Widths are generous estimates, because no font is read here. */
import { oneLine } from "../text.ts";

export interface Room {
  /** Font size, px. */
  readonly size: number;
  /** Available width, px. */
  readonly room: number;
  readonly bold: boolean;
}

const fewest = 8;
const most = 200;

/** The whole text if it fits, else the text without its middle. */
export function fitted(text: string, { size, room, bold }: Room): string {
  // No picture has room for more letters, and trying each length takes time.
  const clean = oneLine(plain(text), most);
  const letters = Array.from(clean).length;
  for (let length = letters; length > fewest; length--) {
    const shown = oneLine(clean, length);
    if (widthOf(shown, size) * (bold ? 1.1 : 1) <= room) return shown;
  }
  return oneLine(clean, fewest);
}

/** The text without characters that XML cannot hold. */
export const plain = (text: string): string =>
  text.replaceAll(/[^\t\n\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "");

/** The estimated width, px. */
export function widthOf(text: string, size: number): number {
  let ems = 0;
  for (const letter of text) ems += emsOf(letter);
  return ems * size;
}

/** Estimated width in DejaVu Sans; East Asian letters and emoji count as squares. */
function emsOf(letter: string): number {
  if ((letter.codePointAt(0) ?? 0) >= 0x2e80) return 1;
  if (/[mwMW@%—→]/.test(letter)) return 0.98;
  if (/[iljtfrI.,:;'|! ()[\]]/.test(letter)) return 0.42;
  return /\p{Lu}/u.test(letter) ? 0.73 : 0.64;
}
