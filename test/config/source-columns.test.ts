/** `columns:` of a source: three shapes, of which a source has one. */
import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { sourceList } from "../../src/app/sources.ts";
import { ConfigError, type Problem } from "../../src/config/errors.ts";
import { parseConfig } from "../../src/config/parse.ts";

const parse = (source: string) =>
  parseConfig(`store: {url: postgres://h/d}\nsources: {main: {url: postgres://h/d, ${source}}}`, {
    file: "dw.yaml",
    remediations,
  });

function problemsOf(source: string): readonly Problem[] {
  try {
    parse(source);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe("the shape of a source", () => {
  it.each([
    ["columns: {}", { timestamp: "timestamp", feature: "feature_name", importance: "importance" }],
    ["columns: {feature: f}", { timestamp: "timestamp", feature: "f", importance: "importance" }],
    [
      'columns: {timestamp: ts, features: [age, "In Come"], model: m}',
      { timestamp: "ts", features: ["age", "In Come"], model: "m" },
    ],
    [
      "columns: {values: shap, model: [name, segment]}",
      { timestamp: "timestamp", values: "shap", model: ["name", "segment"] },
    ],
  ])("%s", (source, columns) => {
    expect(sourceList(parse(source))[0]?.columns).toEqual(columns);
  });

  it.each(["seconds", "milliseconds", "microseconds"])("has times in %s", (unit) => {
    expect(sourceList(parse(`time_unit: ${unit}`))[0]?.timeUnit).toBe(unit);
  });
});

describe("columns that contradict each other", () => {
  it.each([
    ["{features: [a], values: v}", "columns.values", "cannot stand beside features; give one of"],
    ["{feature: f, features: [a]}", "columns.features", "cannot stand beside feature; give one of"],
    ["{importance: i, values: v}", "columns.values", "cannot stand beside importance"],
    ["{features: [a, b, a]}", "columns.features", 'names the column "a" twice'],
    ["{features: [a], model: a}", "columns.features", 'names the column "a" as model already'],
    ["{values: timestamp}", "columns.values", 'the column "timestamp" as timestamp already'],
    ["{model: [a, a]}", "columns.model", 'names the column "a" twice'],
    ["{features: []}", "columns.features", "lists nothing"],
    ["{model: []}", "columns.model", "lists nothing"],
    ["{feature_columns: [a]}", "columns.feature_columns", "did you mean features?"],
    ["{value: v}", "columns.value", "did you mean values?"],
  ])("%s: %s is told", (columns, path, message) => {
    expect(problemsOf(`columns: ${columns}`)).toMatchObject([
      { path: `sources.main.${path}`, message: expect.stringContaining(message) },
    ]);
  });

  it("a unit that is none is told with the ones there are", () => {
    expect(problemsOf("time_unit: second")).toMatchObject([
      { path: "sources.main.time_unit", message: expect.stringContaining("did you mean seconds?") },
    ]);
  });
});
