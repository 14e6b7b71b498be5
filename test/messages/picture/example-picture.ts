/** Pictures to draw, with made-up values: one attribution every ten minutes for a day, the last four in the episode. */
import type { PastValue } from "../../../src/detection/baseline/past-values.ts";
import type { Picture, PicturePanel } from "../../../src/messages/picture/picture.ts";

/** 2026-11-26 20:47 UTC */
export const sinceUs = Date.UTC(2026, 10, 26, 20, 47) * 1000;
const stepUs = 600_000_000;
const count = 144;
const inEpisode = 4;

/** Waves around a level within a band of a quarter, then another level. */
export function exampleValues(level: number, now: number): readonly PastValue[] {
  return Array.from({ length: count }, (_, i) => {
    const at = sinceUs - (count - inEpisode - i) * stepUs;
    const usual = level * (1 + 0.12 * Math.sin(i / 23));
    const wave = 1 + 0.06 * Math.sin(i * 1.7) * Math.cos(i * 0.37);
    const band = { low: usual * 0.75, high: usual * 1.25 };
    return { at, value: at >= sinceUs ? now * wave : usual * wave, ...band };
  });
}

export function examplePanel(change: Partial<PicturePanel> = {}): PicturePanel {
  return {
    label: "credit_score",
    figures: "31 % → 4.9 %, normal 23 to 39 %",
    scale: 100,
    suffix: " %",
    values: exampleValues(0.31, 0.049),
    told: { low: 0.23, high: 0.39 },
    since: sinceUs,
    ...change,
  };
}

export function examplePicture(change: Partial<Picture> = {}): Picture {
  const panels = change.panels ?? [examplePanel()];
  const times = panels.flatMap(({ values }) => values.map(({ at }) => at));
  return {
    title: "churn-v7: credit_score lost its influence (31 % → 4.9 %)",
    measure: "Part of the model's attention",
    from: Math.min(...times),
    to: Math.max(...times),
    changes: [],
    panels,
    ...change,
  };
}
