/** What the cells of a row hold, by the shape of the source. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { parseRow, type RawRow } from "../../src/source/rows.ts";
import { shapeOf } from "../../src/source/shapes/shape-of.ts";

const wide = shapeOf({ features: ["age", "in come", "Ünits"] });
const json = shapeOf({ values: "shap" });
const read = (shape: typeof wide, value: string | null) => shape.read("", value);

describe("a row of a wide table", () => {
  it("holds the cells that are not NULL, each at the place of its column", () => {
    expect(read(wide, '["0.25",null,"NaN"]')).toEqual([
      { feature: "age", importance: 0.25, place: 0 },
      { feature: "Ünits", importance: Number.NaN, place: 2 },
    ]);
  });

  it("holds text that is no number as a bad value of its feature", () => {
    expect(read(wide, '["0,25","","1e400"]')).toEqual([
      { feature: "age", importance: Number.NaN, place: 0 },
      { feature: "in come", importance: Number.NaN, place: 1 },
      { feature: "Ünits", importance: Infinity, place: 2 },
    ]);
  });

  it("without a value is left out and counted", () => {
    expect(read(wide, "[null,null,null]")).toBe("no_values");
  });

  it("is read in pages of as many importances as a long table", () => {
    expect([wide.pageRows(5000), wide.pageRows(2)]).toEqual([1666, 1]);
  });
});

describe("a row with an object", () => {
  it("holds a number for each key, in an order that follows from its text", () => {
    expect(read(json, '{"b": 0.5, "a": -1e-3, "10": 2}')).toEqual([
      { feature: "10", importance: 2, place: 0 },
      { feature: "b", importance: 0.5, place: 1 },
      { feature: "a", importance: -0.001, place: 2 },
    ]);
  });

  it.each([
    ["null", Number.NaN],
    ['"0.25"', 0.25],
    ['"NaN"', Number.NaN],
    ['"much"', Number.NaN],
    ["true", Number.NaN],
    ['{"nested": 1}', Number.NaN],
    ["[0.5]", Number.NaN],
    ["1e400", Infinity],
  ])("reads %s as the number %s", (value, importance) => {
    expect(read(json, `{"a": ${value}}`)).toEqual([{ feature: "a", importance, place: 0 }]);
  });

  it.each([
    [null, "no_values"],
    ["{}", "no_values"],
    ["null", "not_an_object"],
    ["[1, 2]", "not_an_object"],
    ["0.5", "not_an_object"],
    ['"{}"', "not_an_object"],
    ["", "not_an_object"],
    ['{"a": NaN}', "not_an_object"],
    [`{"${"a".repeat(131_072)}": 1}`, "long_object"],
  ])("%.40s is left out as %s", (value, reason) => {
    expect(read(json, value)).toBe(reason);
  });

  it("keeps names that are words of JavaScript", () => {
    expect(read(json, '{"__proto__": 1, "constructor": 2}')).toMatchObject([
      { feature: "__proto__", importance: 1 },
      { feature: "constructor", importance: 2 },
    ]);
  });

  test.prop([fc.dictionary(fc.string(), fc.double({ noNaN: true, noDefaultInfinity: true }))])(
    "gives back every object, and the same again",
    (object) => {
      const text = JSON.stringify(object);
      const first = read(json, text);
      expect(read(json, text)).toEqual(first);
      expect(typeof first === "string").toBe(Object.keys(object).length === 0);
      if (typeof first === "string") return;
      const back = first.map(({ feature, importance }) => [feature, importance]);
      // JSON writes -0 as 0.
      expect(Object.fromEntries(back)).toEqual(JSON.parse(text));
      expect(first.map(({ place }) => place)).toEqual(first.map((_, i) => i));
    },
  );
});

const counted = (raw: RawRow, shape = json): unknown =>
  parseRow(raw, shape).map((one) => (typeof one === "string" ? one : one.row.feature));

describe("the counts of a row with several importances", () => {
  it("a row that is left out as a whole counts once", () => {
    const values = '{"a": 1, "b": 2}';
    expect(counted([null, "", values, "(0,1)", "m"])).toEqual(["null_timestamp"]);
    expect(counted([1, "", "[]", "(0,1)", "m"])).toEqual(["not_an_object"]);
  });

  it("a row without a model, or with a name that is too long, counts by its importances", () => {
    expect(counted([1, "", '{"a": 1, "b": 2}', "(0,1)", null])).toEqual([
      "null_model",
      "null_model",
    ]);
    expect(counted([1, "", `{"a": 1, "${"b".repeat(5000)}": 2}`, "(0,1)", "m"])).toEqual([
      "a",
      "long_feature",
    ]);
  });
});
