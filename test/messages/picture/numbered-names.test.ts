import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { incidentText } from "../../../src/messages/incident-text.ts";
import { numbered } from "../../../src/messages/picture/numbered-names.ts";
import { pictureSvg } from "../../../src/messages/picture/picture-svg.ts";
import { plainText } from "../../../src/messages/plain-text.ts";
import { pngRenderer } from "../../../src/tickets/picture/render-png.ts";
import { exampleIncident } from "../../tickets/example-incident.ts";
import { hostileNames } from "../../tickets/examples.ts";
import { examplePanel, examplePicture, sinceUs } from "./example-picture.ts";

const isLatin = (letter: string): boolean => letter < "\u0400";

function pictureWith(...labels: readonly string[]) {
  return examplePicture({
    title: `churn-v7: ${labels[0]} lost its influence`,
    panels: labels.map((label) => examplePanel({ label })),
    changes: [
      { at: sinceUs - 2e9, what: "部署" },
      { at: sinceUs - 1e9, what: labels.at(-1) ?? "" },
    ],
  });
}

const textsOf = (svg: string): readonly string[] =>
  [...svg.matchAll(/>([^<>]+)</g)].map(([, text = ""]) => text);

describe("names in letters that the font of a picture lacks", () => {
  it("are numbers, the same one for the same name in labels and title", () => {
    const { picture, names } = numbered(pictureWith("信用 評分", "age", "年齢"), isLatin);
    expect(picture.panels.map(({ label }) => label)).toEqual(["[1]", "age", "[2]"]);
    expect(picture.title).toBe("churn-v7: [1] lost its influence");
    expect(picture.changes.at(-1)?.what).toBe("[2]");
    expect(names).toEqual(["信用 評分", "年齢"]);
  });

  it("leave the rest of a label as it is", () => {
    const { picture, names } = numbered(pictureWith("모델: credit_score", "🔥 score"), isLatin);
    expect(picture.panels.map(({ label }) => label)).toEqual(["[1]: credit_score", "[2] score"]);
    expect(names).toEqual(["모델", "🔥"]);
  });

  it("need no number where the font has all letters", () => {
    const picture = pictureWith("credit_score", "âge");
    expect(numbered(picture, isLatin)).toEqual({ picture, names: [] });
  });

  it("never reach the picture, whatever the name: no letter in it is an empty box", async () => {
    const png = await pngRenderer();
    const hasLetter = (letter: string): boolean => png?.hasLetter(letter) === true;
    for (const name of hostileNames) {
      const { picture } = numbered(pictureWith(name), hasLetter);
      const shown = textsOf(pictureSvg(picture)).join("");
      expect([name, Array.from(shown).filter((letter) => !hasLetter(letter))]).toEqual([name, []]);
    }
    const isShown = (name: string): boolean => {
      const { panels, title } = numbered(pictureWith(name), hasLetter).picture;
      return Array.from(`${title}${panels[0]?.label}`).every(hasLetter);
    };
    assert(property(string({ unit: "binary" }), isShown));
  });
});

const said = (names: readonly string[] | undefined): string => {
  const picture = names === undefined ? { file: "a.png" } : { file: "a.png", names };
  return plainText(incidentText({ ...exampleIncident(), picture }, {}).message);
};

describe("the text below a picture", () => {
  it("says what the numbers in it stand for, and nothing where there are none", () => {
    expect(said(["信用評分", "年齢"])).toContain("In the picture, [1] is 信用評分, [2] is 年齢.");
    expect(said(undefined)).not.toContain("In the picture");
  });
});
