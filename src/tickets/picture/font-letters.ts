/** Reads from a TrueType font which characters it has. Source: OpenType 1.9, table `cmap`, formats 4 and 12. */

/** @returns code points that have a glyph other than `.notdef`, which is the empty box */
export function fontLetters(font: Buffer): ReadonlySet<number> {
  const letters = new Set<number>();
  const cmap = tableAt(font, "cmap");
  const count = cmap === undefined ? 0 : font.readUInt16BE(cmap + 2);
  for (let i = 0; i < count; i++) {
    const at = cmap! + font.readUInt32BE(cmap! + 4 + 8 * i + 4);
    const format = font.readUInt16BE(at);
    if (format === 4) addSegments(letters, font, at);
    if (format === 12) addGroups(letters, font, at);
  }
  return letters;
}

function tableAt(font: Buffer, tag: string): number | undefined {
  const count = font.readUInt16BE(4);
  for (let entry = 12; entry < 12 + 16 * count; entry += 16)
    if (font.toString("latin1", entry, entry + 4) === tag) return font.readUInt32BE(entry + 8);
  return undefined;
}

/** Format 4: segments of 16-bit code points. */
function addSegments(letters: Set<number>, font: Buffer, at: number): void {
  const size = font.readUInt16BE(at + 6);
  const ends = at + 14;
  const starts = ends + size + 2;
  for (let i = 0; i < size; i += 2) {
    const delta = font.readUInt16BE(starts + size + i);
    const offsetAt = starts + 2 * size + i;
    const offset = font.readUInt16BE(offsetAt);
    const [start, end] = [font.readUInt16BE(starts + i), font.readUInt16BE(ends + i)];
    for (let letter = start; letter <= end && letter < 0xffff; letter++) {
      const listed =
        offset === 0 ? letter : font.readUInt16BE(offsetAt + offset + 2 * (letter - start));
      if (listed !== 0 && ((listed + delta) & 0xffff) !== 0) letters.add(letter);
    }
  }
}

/** Format 12: groups of 32-bit code points. */
function addGroups(letters: Set<number>, font: Buffer, at: number): void {
  const count = font.readUInt32BE(at + 12);
  for (let group = at + 16; group < at + 16 + 12 * count; group += 12) {
    const [start, end] = [font.readUInt32BE(group), font.readUInt32BE(group + 4)];
    const glyph = font.readUInt32BE(group + 8);
    for (let letter = start; letter <= end; letter++)
      if (glyph + letter - start !== 0) letters.add(letter);
  }
}
