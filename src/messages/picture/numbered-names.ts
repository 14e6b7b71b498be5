/** Replaces words that the font of a picture cannot show by numbers. The text of the ticket explains the numbers. */
import { oneLine } from "../text.ts";
import type { Picture } from "./picture.ts";

/** Whether the font has this character. */
export type HasLetter = (letter: string) => boolean;

export interface NumberedPicture {
  readonly picture: Picture;
  /** The replaced names; the first one is `[1]`. Empty where the font has all letters. */
  readonly names: readonly string[];
}

const longest = 200;

/** Replaces words by numbers. The same words have the same number everywhere in the picture. */
export function numbered(picture: Picture, hasLetter: HasLetter): NumberedPicture {
  const names: string[] = [];
  const numberOf = (name: string): string => {
    if (!names.includes(name)) names.push(name);
    return `[${names.indexOf(name) + 1}]`;
  };
  const shown = (text: string): string =>
    oneLine(text, longest).replaceAll(/[^\s:,]+(?:\s+[^\s:,]+)*/gu, (phrase) =>
      shownPhrase(phrase, hasLetter, numberOf),
    );
  // The numbers follow the panels from the top; the title repeats them.
  const panels = picture.panels.map((panel) => ({ ...panel, label: shown(panel.label) }));
  const newest = picture.changes.length - 1;
  const changes = picture.changes.map((change, i) =>
    i === newest ? { ...change, what: shown(change.what) } : change,
  );
  return { picture: { ...picture, panels, changes, title: shown(picture.title) }, names };
}

/** Neighbouring words that cannot be shown get one number. */
function shownPhrase(
  phrase: string,
  hasLetter: HasLetter,
  numberOf: (name: string) => string,
): string {
  const shown: string[] = [];
  let hidden: string[] = [];
  const flush = (): void => {
    if (hidden.length > 0) shown.push(numberOf(hidden.join(" ")));
    hidden = [];
  };
  for (const word of phrase.split(/\s+/u)) {
    if (!Array.from(word).every(hasLetter)) hidden.push(word);
    else {
      flush();
      shown.push(word);
    }
  }
  flush();
  return shown.join(" ");
}
