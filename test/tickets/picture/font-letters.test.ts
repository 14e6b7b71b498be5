import { describe, expect, it } from "vitest";
import { pngRenderer } from "../../../src/tickets/picture/render-png.ts";

const svg = (letter: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="80" height="40" font-family="DejaVu Sans"><text x="4" y="24" font-weight="bold">${letter}</text></svg>`;
/** No font has it: it is shown as the empty box, `.notdef`. */
const unknown = "\u{10FFFD}";

describe("the letters of a picture's fonts", () => {
  it("are told from those that are drawn as an empty box, by what is drawn", async () => {
    const png = await pngRenderer();
    const drawn = async (letter: string) => (await png?.render(svg(letter)))?.toString("base64");
    const box = await drawn(unknown);
    // Latin, Greek, Cyrillic, Arabic, Hebrew, signs; Chinese, Japanese, Korean, Devanagari, Thai, emoji.
    const letters = Array.from("aßŁΩЖدא→%…_☃😀信顧ス고한अก🔥👨");
    for (const letter of letters) {
      const isBox = (await drawn(letter)) === box;
      expect([letter, png?.hasLetter(letter)]).toEqual([letter, !isBox]);
    }
    expect(png?.hasLetter(unknown)).toBe(false);
    expect(letters.filter((letter) => png?.hasLetter(letter)).join("")).toBe("aßŁΩЖدא→%…_☃😀");
  });
});
