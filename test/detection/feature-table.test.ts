import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { FeatureTable } from "../../src/detection/attribution/feature-table.ts";

const names = ["age", "income", "city", "tenure"];

describe("the slot of a feature", () => {
  test.prop([fc.array(fc.constantFrom(...names, "unknown"), { maxLength: 40 })])(
    "is its place among the names in whatever order features are asked for",
    (asked) => {
      const table = new FeatureTable(names);
      const slots = asked.map((feature) => table.slotOf(feature));
      const places = asked.map((feature) => names.indexOf(feature));
      expect(slots).toEqual(places.map((place) => (place < 0 ? undefined : place)));
    },
  );
});
