/** The rows that the bench feeds: noisy importances of a ranked model, in attributions of many features. */
import { pythonRandom } from "../detectors/stats/mt19937.ts";
import type { RowsRecord } from "../src/stream/record.ts";

const random = pythonRandom(1);
/** Attributions are a minute apart. */
const cadenceUs = 60_000_000;
const firstAt = 1_790_000_000_000_000;

export const modelKey = (model: number): string => `acme/production/main/model-${model}`;

/** Attribution number `at` of a model, with new noise. */
export function attribution(model: number, at: number, nFeatures: number): RowsRecord {
  return {
    kind: "rows",
    model: modelKey(model),
    source: "main",
    level: 0,
    window: at + 1,
    rows: Array.from({ length: nFeatures }, (_, slot) => ({
      ts: timeOf(at),
      feature: `feature_${slot}`,
      importance: Math.exp(-0.08 * slot) * (0.9 + 0.2 * random()),
      tid: slot + 1,
    })),
  };
}

/** Microseconds since 1970 of attribution number `at`. */
export const timeOf = (at: number): number => firstAt + at * cadenceUs;
