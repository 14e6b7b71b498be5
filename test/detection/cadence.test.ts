import { fc, test } from "@fast-check/vitest";
import { median } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { Cadence } from "../../src/detection/attribution/cadence.ts";
import { defaultDecision } from "../../src/detection/settings.ts";

const { silentCadences } = defaultDecision;

function after(intervals: readonly number[]): Cadence {
  const cadence = new Cadence(silentCadences);
  let at = 0;
  for (const interval of intervals) cadence.add(at, (at += interval));
  return cadence;
}

const intervals = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 5, maxLength: 40 });

describe("the usual time between two attributions", () => {
  test.prop([intervals])("is the median of the newest fifteen intervals", (all) => {
    const cadence = after(all);
    expect(cadence.usual).toBe(median(all.slice(-15)));
    expect(cadence.intervals).toEqual(all.slice(-15));
  });

  test.prop([intervals])("is the same after it was saved", (all) => {
    const cadence = after(all);
    const { usual, patience } = new Cadence(silentCadences, cadence);
    expect({ usual, patience }).toEqual({ usual: cadence.usual, patience: cadence.patience });
  });

  it("is unknown below five intervals", () => {
    expect(after([60, 60, 60, 60]).usual).toBeUndefined();
  });
});
