import { describe, expect, it } from "vitest";
import { pictureSvg } from "../../../src/messages/picture/picture-svg.ts";
import { leftToRight } from "../../../src/messages/picture/text-direction.ts";
import { examplePanel, examplePicture, sinceUs } from "./example-picture.ts";

const mark = "\u200E";

describe("a name from right to left in a picture", () => {
  it.each([
    ["درجة_الائتمان", `درجة_الائتمان${mark}`],
    ["ציון אשראי", `ציון אשראי${mark}`],
    ["churn: ציון (31 % → 4.9 %)", `churn: ציון${mark} (31 % → 4.9 %)`],
    ["credit_score 31 %", "credit_score 31 %"],
  ])("is followed by a mark that keeps what comes next to its right: %s", (text, marked) => {
    expect(leftToRight(text)).toBe(marked);
  });

  it("does not draw the figures of its panel, or the time of a change, into itself", () => {
    const svg = pictureSvg(
      examplePicture({
        panels: [examplePanel({ label: "ציון" })],
        changes: [{ at: sinceUs, what: "עדכון" }],
      }),
    );
    expect(svg).toContain(`ציון${mark}</tspan>`);
    expect(svg).toContain(`עדכון${mark} 26 Nov 20:47</text>`);
  });
});
