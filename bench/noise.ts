/** Section `noise`: alarms on pure noise. All of them are false. */
import { mean } from "simple-statistics";
import { detectorTypes } from "../detectors/index.ts";
import type { Sensitivity } from "../detectors/preset.ts";
import { pythonRandom } from "../detectors/stats/mt19937.ts";
import { detectorSet } from "../src/detection/baseline/default-detectors.ts";
import { ruledScorer } from "../src/replay/row-scorer.ts";
import { gaussian } from "./daily-streams.ts";
import { type BenchLine, benchLine, progress } from "./line.ts";

const days = 70;
const rowsADay = 288;
const cadenceUs = 300_000_000;
const firstAt = 1_790_000_000_000_000;
const seeds = [1, 2, 3, 4, 5];
const most: Readonly<Partial<Record<Sensitivity, number>>> = { normal: 4 };

type Random = () => number;

/** Generators of pure noise, by name. */
export const noises: Readonly<Record<string, (random: Random) => () => number>> = {
  Gaussian: (random) => () => 100 + 10 * gaussian(random),
  "AR(.99)": (random) => {
    let level = 0;
    return () => {
      level = 0.99 * level + gaussian(random);
      return 100 + level;
    };
  },
  lognormal: (random) => () => 100 * Math.exp(gaussian(random)),
};

/** Takes a few seconds. */
export function benchNoise(): Promise<readonly BenchLine[]> {
  const lines = Object.keys(noises).flatMap((noise) =>
    (["low", "normal", "high"] as const).map((sensitivity) => {
      progress(`${noise} noise, ${sensitivity}`);
      const atMost = noise === "Gaussian" ? most[sensitivity] : undefined;
      return benchLine({
        section: "noise",
        name: `${sensitivity}: alarms of ${noise} noise in ${days} days of 5-minute rows, mean of ${seeds.length} seeds`,
        value: mean(alarmsOfNoise(noise, sensitivity)),
        unit: "alarms",
        ...(atMost !== undefined && { atMost }),
      });
    }),
  );
  return Promise.resolve(lines);
}

/** The number of alarms for each seed. */
export function alarmsOfNoise(noise: string, sensitivity: Sensitivity): readonly number[] {
  return seeds.map((seed) => {
    const detectors = detectorSet(detectorTypes, { sensitivity });
    const score = ruledScorer({ names: ["value"], detectors, decision: {} });
    const next = noises[noise]!(pythonRandom(seed));
    let alarms = 0;
    for (let row = 0; row < days * rowsADay; row++) {
      if (score({ values: [next()], time: firstAt + row * cadenceUs }).opens) alarms++;
    }
    return alarms;
  });
}
