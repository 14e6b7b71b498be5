import { describe, expect, it } from "vitest";
import { widthOf } from "../../../src/messages/picture/fitted-text.ts";
import { pictureSvg, pictureWidth } from "../../../src/messages/picture/picture-svg.ts";
import { sparklines } from "../../../src/messages/picture/sparkline.ts";
import { hostileNames } from "../../tickets/examples.ts";
import { examplePanel, examplePicture, exampleValues, sinceUs } from "./example-picture.ts";

/** Elements with this name or class: their attributes by name. */
function elements(svg: string, name: string): readonly Readonly<Record<string, string>>[] {
  const tags = svg.matchAll(/<(\w+)((?:\s[\w-]+="[^"]*")*)\s*\/?>/g);
  return [...tags].flatMap(([, tag = "", text = ""]) => {
    const attributes = Object.fromEntries(
      [...text.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]),
    );
    return tag === name || attributes["class"] === name ? [attributes] : [];
  });
}

const textsOf = (svg: string): readonly string[] =>
  [...svg.matchAll(/>([^<>]+)</g)].map(([, text = ""]) => text);

/** Opening and closing tags fit, and nothing is written that a parser would not take. */
function isWellFormed(svg: string): boolean {
  const open: string[] = [];
  for (const [, closes, name = "", , empty] of svg.matchAll(
    /<(\/?)(\w+)((?:\s[\w-]+="[^"<>]*")*)(\/?)>/g,
  )) {
    if (closes === "/" && open.pop() !== name) return false;
    if (closes === "" && empty === "") open.push(name);
  }
  const rest = svg.replaceAll(/<\/?\w+(?:\s[\w-]+="[^"<>]*")*\s?\/?>/g, "");
  if (open.length > 0 || /[<>]|&(?!(?:amp|lt|gt|quot|#39);)/.test(rest)) return false;
  return !/="[^"]*(?:NaN|undefined|Infinity)/.test(svg);
}

describe("the picture of a ticket", () => {
  it("shows the band, what was observed, the episode, and what is beyond the band in it", () => {
    const svg = pictureSvg(examplePicture());
    expect(isWellFormed(svg)).toBe(true);
    expect([elements(svg, "band").length, elements(svg, "observed").length]).toEqual([1, 1]);
    expect(elements(svg, "beyond")).toHaveLength(4);
    const [episode] = elements(svg, "episode");
    const [first] = elements(svg, "beyond");
    expect(Number(episode?.["x"])).toBeCloseTo(Number(first?.["cx"]), 0);
    expect(elements(svg, "change")).toEqual([]);
  });

  it("says in words what it shows, what the axis measures, and since when", () => {
    const texts = textsOf(pictureSvg(examplePicture()));
    expect(texts).toContain("churn-v7: credit_score lost its influence (31 % → 4.9 %)");
    expect(texts).toContain("Part of the model&#39;s attention, 25 Nov 21:27 to 26 Nov 21:17 UTC");
    expect(texts).toContain("31 % → 4.9 %, normal 23 to 39 %");
    expect(texts).toContain("not normal since 26 Nov 20:47");
    expect(texts).toContain("time of day, UTC");
  });

  it("marks what was announced, and names the newest of it", () => {
    const changes = [
      { at: sinceUs - 7_200_000_000, what: "retrain" },
      { at: sinceUs - 720_000_000, what: "deploy" },
    ];
    const svg = pictureSvg(examplePicture({ changes }));
    expect(elements(svg, "change")).toHaveLength(2);
    expect(textsOf(svg)).toContain("deploy 26 Nov 20:35");
  });

  it("has a background of its own, so that it reads the same on a dark page", () => {
    const [paper] = elements(pictureSvg(examplePicture()), "rect");
    expect(paper).toMatchObject({ fill: "#ffffff", width: String(pictureWidth - 1) });
  });

  it("leaves a gap where a feature was absent, and draws no line through it", () => {
    const values = exampleValues(0.31, Number.NaN);
    const svg = pictureSvg(examplePicture({ panels: [examplePanel({ values })] }));
    const [line] = elements(svg, "observed");
    expect(isWellFormed(svg)).toBe(true);
    expect(line?.["d"]?.split(/[ML]/).length).toBe(values.length - 4 + 1);
    expect(elements(svg, "beyond")).toEqual([]);
  });

  it.each([
    ["a single attribution", [{ at: sinceUs, value: 0.05, low: undefined, high: undefined }]],
    ["zeros alone", exampleValues(0, 0)],
    ["absurd values", exampleValues(1e290, 1e300)],
  ])("is whole for %s", (_what, values) => {
    const panels = [examplePanel({ values, told: undefined })];
    const times = { from: sinceUs - 1e9, to: sinceUs + 1e9 };
    expect(isWellFormed(pictureSvg(examplePicture({ panels, ...times })))).toBe(true);
  });

  it.each(hostileNames)("stays whole and as wide as ever with the name %j", (name) => {
    const long = name.repeat(40);
    const panels = [examplePanel({ label: long }), examplePanel({ label: name })];
    const changes = [{ at: sinceUs, what: long }];
    const svg = pictureSvg(examplePicture({ title: long, panels, changes }));
    expect(isWellFormed(svg)).toBe(true);
    const longest = textsOf(svg).reduce((most, text) => Math.max(most, Array.from(text).length), 0);
    expect(longest).toBeLessThan(1000);
  });

  it("draws a value between two gaps as a dot", () => {
    const values = exampleValues(0.31, 0.049).map((one, i) =>
      i % 2 === 0 ? one : { ...one, value: Number.NaN },
    );
    const svg = pictureSvg(examplePicture({ panels: [examplePanel({ values })] }));
    expect(elements(svg, "observed")[0]?.["d"]).toMatch(/^(?:M[\d.]+ [\d.]+h0){72}$/);
  });

  it("keeps figures and legend within its width, however long they and the names are", () => {
    const long = "W".repeat(200);
    const figures = "123,456,789,012,345 → 123,456,789,012,346, normal 1 to 123,456,789,012,344";
    const panels = [examplePanel({ label: long, figures })];
    const svg = pictureSvg(examplePicture({ panels, changes: [{ at: sinceUs, what: long }] }));
    const ends = [...svg.matchAll(/translate\(([\d.]+) \d+\)">(?:<[^>]+>)+([^<]+)<\/text>/g)].map(
      ([, x, text = ""]) => Number(x) + 30 + widthOf(text, 14),
    );
    expect(ends).toHaveLength(4);
    const [, name = "", size, told = ""] =
      />([^<]+)<\/tspan><tspan dx="12" font-size="([\d.]+)"[^>]*>([^<]+)</.exec(svg) ?? [];
    expect(told).toBe(figures);
    const panelEnd = 92 + 1.1 * widthOf(name, 17) + 12 + widthOf(told, Number(size));
    expect(Math.max(panelEnd, ...ends)).toBeLessThan(pictureWidth);
  });

  it("draws the extremes of thousands of attributions, never thousands of corners", () => {
    const values = Array.from({ length: 20_000 }, (_, i) => {
      const at = sinceUs - (20_000 - i) * 1e6;
      return { at, value: i === 9_999 ? 0.9 : 0.3, low: 0.2, high: 0.4 };
    });
    const svg = pictureSvg(examplePicture({ panels: [examplePanel({ values })] }));
    const [line] = elements(svg, "observed");
    const corners = line?.["d"]?.split(/[ML]/) ?? [];
    expect(corners.length).toBeLessThan(700);
    const heights = corners.slice(1).map((corner) => Number(corner.split(" ")[1]));
    expect(Math.max(...heights) - Math.min(...heights)).toBeGreaterThan(100);
  });
});

describe("the lines of text in the place of a picture", () => {
  it("show each feature's course, its figures, and the time", () => {
    const [line = "", time = ""] = sparklines(examplePicture());
    expect(line).toMatch(
      /^credit_score {2}[▅▆▇█]{38}[▁▂▃▄▅▆▇█]▂ {2}31 % → 4.9 %, normal 23 to 39 %$/,
    );
    expect(time.trim()).toBe("25 Nov 21:27 to 26 Nov 21:17 UTC");
  });

  it("show a dot where nothing was observed, and the lowest mark where all is zero", () => {
    const absent = examplePanel({ label: "a", values: exampleValues(Number.NaN, 0.3) });
    const zero = examplePanel({ label: "b", values: exampleValues(0, 0) });
    const [first = "", second = ""] = sparklines(examplePicture({ panels: [absent, zero] }));
    expect(first).toMatch(/^a {2}·{38}/);
    expect(second).toMatch(/^b {2}▁{40} /);
  });
});
