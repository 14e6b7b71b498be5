import { fc, test } from "@fast-check/vitest";
import { median } from "simple-statistics";
import { describe, expect, it } from "vitest";
import { Cadence } from "../../src/detection/attribution/cadence.ts";

const intervals = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 5, maxLength: 40 });

describe("the usual time between two attributions", () => {
  test.prop([intervals])("is the median of the newest fifteen intervals", (all) => {
    const cadence = new Cadence();
    for (const interval of all) cadence.add(interval);
    expect(cadence.usual).toBe(median(all.slice(-15)));
    expect(cadence.intervals).toEqual(all.slice(-15));
  });

  test.prop([intervals])("is the same after it was saved", (all) => {
    const cadence = new Cadence(all.slice(0, 4));
    for (const interval of all.slice(4)) cadence.add(interval);
    expect(new Cadence(cadence.intervals).usual).toBe(cadence.usual);
  });

  it("is unknown below five intervals", () => {
    expect(new Cadence([60, 60, 60, 60]).usual).toBeUndefined();
  });
});
