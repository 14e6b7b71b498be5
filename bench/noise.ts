/** Section `noise`: alarms of pure noise, in which there is nothing to find. */
import { detectorTypes } from "../detectors/index.ts";
import type { Sensitivity } from "../detectors/preset.ts";
import { pythonRandom } from "../detectors/stats/mt19937.ts";
import { detectorSet } from "../src/detection/default-detectors.ts";
import { ruledScorer } from "../src/replay/row-scorer.ts";
import { gaussian } from "./daily-streams.ts";
import { type BenchLine, benchLine, progress } from "./line.ts";

const days = 70;
const rowsADay = 288;
const cadenceUs = 300_000_000;
const firstAt = 1_790_000_000_000_000;
const seeds = [1, 2, 3, 4, 5];
const most: Readonly<Partial<Record<Sensitivity, number>>> = { normal: 4 };

/** A few seconds. */
export function benchNoise(): Promise<readonly BenchLine[]> {
  const lines = (["low", "normal", "high"] as const).map((sensitivity) => {
    progress(`noise, ${sensitivity}`);
    const alarms = seeds.map((seed) => alarmsOf(sensitivity, seed));
    const value = alarms.reduce((sum, one) => sum + one, 0) / seeds.length;
    const atMost = most[sensitivity];
    return benchLine({
      section: "noise",
      name: `${sensitivity}: alarms of Gaussian noise in ${days} days of 5-minute rows, mean of ${seeds.length} seeds`,
      value,
      unit: "alarms",
      ...(atMost !== undefined && { atMost }),
    });
  });
  return Promise.resolve(lines);
}

function alarmsOf(sensitivity: Sensitivity, seed: number): number {
  const detectors = detectorSet(detectorTypes, { sensitivity });
  const score = ruledScorer({ names: ["value"], detectors, decision: {} });
  const random = pythonRandom(seed);
  let alarms = 0;
  for (let row = 0; row < days * rowsADay; row++) {
    const value = 100 + 10 * gaussian(random);
    if (score({ values: [value], time: firstAt + row * cadenceUs }).opens) alarms++;
  }
  return alarms;
}
