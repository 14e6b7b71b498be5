import { pino } from "pino";
import { describe, expect, it } from "vitest";
import type { PastOfModel } from "../../../src/detection/baseline/past-values.ts";
import { type PictureOptions, pictureMaker } from "../../../src/tickets/picture/make-picture.ts";
import { type PngRenderer, pngRenderer } from "../../../src/tickets/picture/render-png.ts";
import { exampleValues } from "../../messages/picture/example-picture.ts";
import { exampleFeature, exampleIncident } from "../example-incident.ts";

const past: PastOfModel = {
  values: new Map([["credit_score", exampleValues(0.31, 0.0042)]]),
  changes: [],
};
const text = (words: string): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="40" font-family="DejaVu Sans"><text x="4" y="24">${words}</text></svg>`;
const png = Buffer.from("picture");
const drawing = (render: PngRenderer["render"]): PngRenderer => ({
  render,
  hasLetter: (letter) => letter < "\u3000",
});

function maker(options: Partial<PictureOptions> = {}) {
  const logged: string[] = [];
  const logger = pino({ level: "warn" }, { write: (line: string) => void logged.push(line) });
  const make = pictureMaker({
    pastOf: async () => past,
    renderer: async () => drawing(async () => png),
    logger,
    ...options,
  });
  return { make, logged };
}

describe("making the picture of an incident", () => {
  it("gives the picture and the same as lines of text", async () => {
    const made = await maker().make(exampleIncident());
    expect(made?.png).toEqual(png);
    expect(made?.lines[0]).toContain("credit_score");
    expect(made?.lines[0]).toContain("31 % → 0.42 %, normal 28 to 34 %");
  });

  it("gives lines of text alone where the package is not installed", async () => {
    const made = await maker({ renderer: async () => undefined }).make(exampleIncident());
    expect([made?.png, made?.lines.length]).toEqual([undefined, 2]);
  });

  it("gives lines of text alone where drawing fails, and logs why", async () => {
    const { make, logged } = maker({
      renderer: async () => drawing(() => Promise.reject(new Error("no memory"))),
    });
    expect(await make(exampleIncident())).toMatchObject({ png: undefined });
    expect(logged.join()).toContain("no memory");
  });

  it("gives up a drawing at its deadline, and starts no other one before it has ended", async () => {
    const endless = new Promise<Buffer>(() => undefined);
    let started = 0;
    const draw = (): Promise<Buffer> => {
      started += 1;
      return endless;
    };
    const { make, logged } = maker({ renderer: async () => drawing(draw), deadlineMs: 1 });
    expect(await make(exampleIncident())).toMatchObject({ png: undefined });
    expect(await make(exampleIncident())).toMatchObject({ png: undefined });
    expect(started).toBe(1);
    expect(logged.join()).toContain("still being drawn");
  });

  it("gives nothing where the source cannot be read, and logs why", async () => {
    const { make, logged } = maker({ pastOf: () => Promise.reject(new Error("no route")) });
    expect(await make(exampleIncident())).toBeUndefined();
    expect(logged.join()).toContain("no route");
  });

  it("gives nothing where no feature is to blame, and asks nobody", async () => {
    let asked = 0;
    const { make } = maker({
      pastOf: async () => {
        asked += 1;
        return past;
      },
    });
    expect(await make(exampleIncident({ kind: "silent", features: [] }))).toBeUndefined();
    expect(asked).toBe(0);
  });

  it("names beside the picture what the font cannot show, by its number in the picture", async () => {
    const drawn: string[] = [];
    const { make } = maker({
      pastOf: async () => ({
        values: new Map([["信用評分", exampleValues(0.31, 0.0042)]]),
        changes: [],
      }),
      renderer: async () =>
        drawing(async (svg) => {
          drawn.push(svg);
          return png;
        }),
    });
    const features = [exampleFeature({ feature: "信用評分" })];
    const made = await make(exampleIncident({ features }));
    expect(made?.names).toEqual(["信用評分"]);
    expect(drawn.join()).toContain(">[1]<");
    expect(drawn.join()).not.toContain("信");
  });

  it("draws a PNG with the font that is installed with it", async () => {
    const font = await pngRenderer();
    const drawn = await Promise.all([font?.render(text("credit_score")), font?.render(text(""))]);
    expect(drawn[0]?.subarray(0, 8).toString("latin1")).toBe("\x89PNG\r\n\x1A\n");
    expect(drawn[0]?.equals(drawn[1] ?? Buffer.alloc(0))).toBe(false);
  });
});
