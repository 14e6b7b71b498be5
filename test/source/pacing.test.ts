import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { Pacing } from "../../src/source/pacing.ts";

describe("a slow level", () => {
  test.prop([fc.array(fc.integer({ min: 1, max: 60_000 }), { minLength: 1, maxLength: 50 })])(
    "reads at most 2 % of the time, however long it takes and however often it is asked",
    (durations) => {
      const pacing = new Pacing();
      let now = 0;
      let reading = 0;
      for (const duration of durations) {
        while (!pacing.due(2, now)) now += 997;
        now += duration;
        reading += duration;
        pacing.ran(2, duration, now);
      }
      while (!pacing.due(2, now)) now += 997;
      expect(reading / now).toBeLessThanOrEqual(0.02);
      expect(pacing.due(0, now)).toBe(true);
      expect(pacing.due(1, 0)).toBe(true);
    },
  );
});
