/** `npm run bench -- pictures`: draws three pictures of tickets, of made-up values, into `docs/how-to/`. */
import { writeFileSync } from "node:fs";
import type { PastValue } from "../src/detection/baseline/past-values.ts";
import type { Picture, PicturePanel } from "../src/messages/picture/picture.ts";
import { pictureSvg } from "../src/messages/picture/picture-svg.ts";
import { pngRenderer } from "../src/tickets/picture/render-png.ts";
import type { BenchLine } from "./line.ts";

const folder = new URL("../docs/how-to/", import.meta.url).pathname;
const sinceUs = Date.UTC(2026, 10, 26, 20, 47) * 1000;
const stepUs = 600_000_000;
const count = 144;

interface Course {
  readonly label: string;
  readonly figures: string;
  readonly usual: number;
  readonly now: number;
  readonly told: { readonly low: number; readonly high: number };
  /** Attributions in the episode. */
  readonly after: number;
}

/** A panel: waves within a daily band, then another level. */
function panelOf({ label, figures, usual, now, told, after }: Course): PicturePanel {
  const width = (told.high - told.low) / 2;
  const values = Array.from({ length: count }, (_, i): PastValue => {
    const at = sinceUs + (i - (count - after)) * stepUs;
    const middle = usual * (1 + 0.06 * Math.sin((i - count) / 22));
    const wave = 0.35 * width * (Math.sin(i * 1.7) + Math.sin(i * 0.61 + 1)) * Math.cos(i * 0.37);
    const value = at >= sinceUs ? now * (1 + (0.1 * wave) / width) : middle + wave;
    return { at, value, low: middle - width, high: middle + width };
  });
  return { label, figures, scale: 100, suffix: " %", values, told, since: sinceUs };
}

function pictureOf(title: string, courses: readonly Course[], changes: Picture["changes"]) {
  const panels = courses.map(panelOf);
  const times = panels.flatMap(({ values }) => values.map(({ at }) => at));
  const [from, to] = [Math.min(...times), Math.max(...times)];
  return { title, measure: "Part of the model's attention", from, to, panels, changes };
}

const creditScore: Course = {
  label: "credit_score",
  figures: "31 % → 4.9 %, normal 23 to 39 %",
  usual: 0.31,
  now: 0.049,
  told: { low: 0.23, high: 0.39 },
  after: 6,
};

const leaking: readonly Course[] = [
  {
    label: "refund_flag",
    figures: "3.1 % → 31 %, normal 2.1 to 4.3 %",
    usual: 0.031,
    now: 0.31,
    told: { low: 0.021, high: 0.043 },
    after: 5,
  },
  {
    label: "amount",
    figures: "28 % → 14 %, normal 22 to 34 %",
    usual: 0.28,
    now: 0.14,
    told: { low: 0.22, high: 0.34 },
    after: 5,
  },
  {
    label: "merchant_category",
    figures: "19 % → 11 %, normal 15 to 24 %",
    usual: 0.19,
    now: 0.11,
    told: { low: 0.15, high: 0.24 },
    after: 5,
  },
];

const models: readonly Course[] = ["churn-v7", "fraud-v3", "pricing-v2", "upsell-v1"].map(
  (model, n) => ({
    ...creditScore,
    label: `${model}: credit_score`,
    figures: `${31 - 4 * n} % → 0.0 %, normal ${23 - 3 * n} to ${39 - 5 * n} %`,
    usual: 0.31 - 0.04 * n,
    now: 0,
    told: { low: 0.23 - 0.03 * n, high: 0.39 - 0.05 * n },
  }),
);

const deploy = [{ at: sinceUs - 720_000_000, what: "deploy" }];
const pictures: Readonly<Record<string, Picture>> = {
  "picture-one-feature.png": pictureOf(
    "churn-v7: credit_score lost its influence (31 % → 4.9 %)",
    [creditScore],
    deploy,
  ),
  "picture-three-features.png": pictureOf(
    "fraud-v3: refund_flag suddenly dominates (3.1 % → 31 %)",
    leaking,
    [],
  ),
  "picture-many-models.png": pictureOf(
    "source main: credit_score lost its influence in 40 models",
    models,
    deploy,
  ),
};

/** @returns no lines: nothing is measured */
export async function benchPictures(): Promise<readonly BenchLine[]> {
  const png = await pngRenderer();
  if (png === undefined) throw new Error("pictures need @resvg/resvg-js: run npm install");
  for (const [name, picture] of Object.entries(pictures))
    writeFileSync(`${folder}${name}`, await png.render(pictureSvg(picture)));
  return [];
}
