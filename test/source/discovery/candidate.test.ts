import { describe, expect, it } from "vitest";
import { candidateOf, leastScore, upsertOf } from "../../../src/source/discovery/candidate.ts";
import type { TableFacts } from "../../../src/source/discovery/facts.ts";
import { settingsOf } from "../../../src/source/discovery/settings.ts";
import { every, newest, over, tableOf } from "./tables.ts";

const read = (facts: TableFacts) => {
  const candidate = candidateOf(facts);
  if (candidate === undefined) throw new Error("it is no candidate");
  return candidate;
};
const proposed = (facts: TableFacts): object => settingsOf(read(facts));

const tenMinutes = every(600, 40);
const zoned = "timestamp with time zone";

describe("a table that may be a source is read", () => {
  it("as a row for each importance, by usual names (FR-P1)", () => {
    const rows = over(tenMinutes, [
      ["churn", "age", "0.3"],
      ["churn", "income", "0.2"],
    ]);
    const facts = tableOf([`ts ${zoned}`, "model text", "feature text", "shap_value real"], rows);
    expect(proposed(facts)).toEqual({
      table: "public.metrics",
      columns: { timestamp: "ts", model: "model", feature: "feature", importance: "shap_value" },
    });
    expect(read(facts)).toMatchObject({ models: 1, features: 2, rhythm: { cadence: 600 } });
  });

  it("as a column for each feature, without what stands beside importances", () => {
    const rows = over(tenMinutes, [["churn", "0.3", "0.2", "-0.1", "0.5", "12"]]);
    const columns = ["age", "income", "region", "base_value"].map(
      (name) => `${name} double precision`,
    );
    const facts = tableOf([`ts ${zoned}`, "model text", ...columns, "n_rows integer"], rows);
    expect(proposed(facts)).toEqual({
      table: "public.metrics",
      columns: { timestamp: "ts", model: "model", features: ["age", "income", "region"] },
    });
    expect(read(facts).found.leftOut).toEqual(["base_value", "n_rows"]);
    expect(read(facts).score).toBeGreaterThanOrEqual(leastScore);
  });

  it("as an object of numbers", () => {
    const rows = over(tenMinutes, [["churn", '{"age": 0.3, "income": 0.2}']]);
    const facts = tableOf([`at ${zoned}`, "model text", "payload jsonb"], rows);
    expect(proposed(facts)).toEqual({
      table: "public.metrics",
      columns: { timestamp: "at", model: "model", values: "payload" },
    });
  });

  it("as an object in which a number is text, and shows it as the daemon reads it", () => {
    const rows = over(tenMinutes, [["churn", '{"age": "0.3", "income": 0.2}']]);
    const { read: shown } = read(tableOf([`at ${zoned}`, "model text", "payload jsonb"], rows));
    expect(shown[0]?.values).toEqual([
      ["age", 0.3],
      ["income", 0.2],
    ]);
  });

  it("with importances in a column of text", () => {
    const rows = over(tenMinutes, [
      ["age", "0.3"],
      ["income", "1e-3"],
    ]);
    const facts = tableOf([`ts ${zoned}`, "feature text", "importance text"], rows);
    expect(proposed(facts)).toMatchObject({ columns: { importance: "importance" } });
  });

  it("not as an object when its values are no numbers, nor as importances when they are amounts", () => {
    const objects = over(tenMinutes, [['{"user": "x", "path": "/", "ms": 12}']]);
    expect(candidateOf(tableOf([`ts ${zoned}`, "payload jsonb"], objects))).toBeUndefined();
    const amounts = over(tenMinutes, [["812.5", "77.1", "14.0", "c1"]]);
    const columns = ["amount", "tax", "discount"].map((name) => `${name} numeric`);
    const orders = tableOf([`created_at ${zoned}`, ...columns, "customer text"], amounts);
    expect(candidateOf(orders)?.score ?? 0).toBeLessThan(leastScore);
  });
});

describe("the time of a row is", () => {
  it.each([
    ["seconds", 1],
    ["milliseconds", 1e3],
    ["microseconds", 1e6],
  ])("%s since 1970 when the numbers say so", (unit, factor) => {
    const times = tenMinutes.map((time) => time * factor);
    const rows = over(times, [
      ["age", "0.3"],
      ["income", "0.2"],
    ]);
    const facts = tableOf(["ts bigint", "feature text", "importance real"], rows);
    expect(proposed(facts)).toMatchObject({ time_unit: unit });
    expect(read(facts).read[0]?.seconds).toBe(newest);
  });

  it("no number that is no time, whatever its name", () => {
    const rows = over([1, 2, 3, 4], [["age", "0.3"]]);
    expect(
      candidateOf(tableOf(["time bigint", "feature text", "importance real"], rows)),
    ).toBeUndefined();
  });

  it("that of the event, and not when the row was changed", () => {
    const facts = tableOf([
      `updated_at ${zoned}`,
      `scored_at ${zoned}`,
      "feature text",
      "importance real",
    ]);
    expect(read(facts).time.name).toBe("scored_at");
  });

  it("in UTC by default when the type has no zone, or in the zone that a person names", () => {
    const facts = tableOf(["ts timestamp without time zone", "feature text", "importance real"]);
    expect(proposed(facts)).toMatchObject({ time_zone: "UTC" });
    const berlin = settingsOf(read(facts), { timeZone: "Europe/Berlin" });
    expect(berlin).toMatchObject({ time_zone: "Europe/Berlin" });
  });
});

describe("the model is named", () => {
  const columns = [`ts ${zoned}`, "segment text", "model text", "feature text", "importance real"];

  it("by several columns when one has several values at one time", () => {
    const rows = over(tenMinutes, [
      ["retail", "churn", "age", "0.3"],
      ["b2b", "churn", "age", "0.2"],
    ]);
    expect(proposed(tableOf(columns, rows))).toMatchObject({
      columns: { model: ["segment", "model"] },
    });
    expect(read(tableOf(columns, rows)).read[0]?.model).toBe("retail/churn");
  });

  it("by one column when it is enough", () => {
    const rows = over(tenMinutes, [["retail", "churn", "age", "0.3"]]);
    expect(proposed(tableOf(columns, rows))).toMatchObject({ columns: { model: "model" } });
  });

  it("with its version, when a name with another version or date follows", () => {
    const days = every(3600, 72).map((time) => {
      const day = new Date(time * 1000).toISOString().slice(0, 10);
      return [String(time), "retail", `churn-${day}`, "age", "0.3"];
    });
    const facts = tableOf(columns, days);
    expect(proposed(facts)).toMatchObject({ versioned_names: "{name}-{version}" });
    expect(settingsOf(read(facts), { isVersioned: false })).not.toHaveProperty("versioned_names");
  });
});

describe("a row belongs to one prediction", () => {
  const columns = [`ts ${zoned}`, "model text", "feature text", "importance real"];
  const uneven = Array.from({ length: 60 }, (_, i) => newest - i * 4 - (i % 3));

  it("when rows come quickly and unevenly; they are averaged over a window with enough of them", () => {
    const facts = tableOf(columns, over(uneven, [["churn", "age", "0.3"]]));
    expect(proposed(facts)).toMatchObject({ predictions: { window: "10m" } });
  });

  it("when a column names the prediction", () => {
    const rows = Array.from({ length: 60 }, (_, i) => [
      String(newest - i * 300),
      "churn",
      "age",
      "0.3",
      `p${i}`,
    ]);
    const facts = tableOf([...columns, "prediction_id text"], rows);
    expect(proposed(facts)).toMatchObject({ predictions: { window: "6h" } });
  });

  it("when many come at one time, as from a batch", () => {
    const batch = Array.from({ length: 40 }, () => ["churn", "age", "0.3"]);
    const facts = tableOf(columns, over(every(3600, 5), batch));
    expect(proposed(facts)).toMatchObject({ predictions: { window: "1h" } });
  });

  it("but not when two models melt into one, nor when a clock writes them", () => {
    const two = over(every(600, 60), [
      ["churn", "age", "0.3"],
      ["churn", "age", "0.2"],
    ]);
    expect(proposed(tableOf(columns, two))).not.toHaveProperty("predictions");
    const facts = tableOf(columns, over(every(5, 60), [["churn", "age", "0.3"]]));
    expect(proposed(facts)).not.toHaveProperty("predictions");
  });
});

const uniqueOver = (...columns: string[]) => ({ indexes: [{ isUnique: true, columns }] });

describe("rows are overwritten", () => {
  const columns = ["model text", "feature text", "importance real", `ts ${zoned}`];

  it.each([
    [
      "a unique index has model and feature without the time",
      uniqueOver("model", "feature"),
      "key",
    ],
    ["the time is in that index", uniqueOver("model", "feature", "ts"), undefined],
    ["many rows were updated", { writes: { inserted: 10, updated: 500 } }, "updates"],
    ["a hundred were", { writes: { inserted: 10, updated: 100 } }, "updates"],
    ["fewer were", { writes: { inserted: 10, updated: 99 } }, undefined],
    ["few were", { writes: { inserted: 1000, updated: 500 } }, undefined],
  ])("as it is when %s", (_case, more, wanted) => {
    const rows = tenMinutes.map((time) => ["churn", "age", "0.3", String(time)]);
    expect(upsertOf(read(tableOf(columns, rows, more)))).toBe(wanted);
  });
});
