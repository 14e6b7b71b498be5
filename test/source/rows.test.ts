import { describe, expect, it } from "vitest";
import { byModel, type ModelRow, parseRow, type RawRow } from "../../src/source/rows.ts";
import { shapeOf } from "../../src/source/shapes/shape-of.ts";

const shape = shapeOf({ feature: "f", importance: "i" });
/** The one importance of a row of a long table, or why it is left out. */
const long = (raw: RawRow): unknown => {
  const [one, ...more] = parseRow(raw, shape);
  expect(more).toEqual([]);
  return one;
};

const row = (over: Partial<ModelRow["row"]> = {}): ModelRow => ({
  model: "m",
  row: { ts: 1, feature: "f", importance: 1, tid: 1, ...over },
});

describe("a row of Postgres", () => {
  it("keeps microseconds, the place and the value to the last digit", () => {
    expect(long([1_763_717_679_123_457, "f", "0.30000000000000004", "(7,3)", "m"])).toEqual({
      model: "m",
      row: { ts: 1_763_717_679_123_457, feature: "f", importance: 0.1 + 0.2, tid: 7 * 65_536 + 3 },
    });
  });

  it.each([
    ["NaN", Number.NaN],
    ["Infinity", Infinity],
    ["-Infinity", -Infinity],
    ["1e400", Infinity],
    ["", Number.NaN],
    ["n/a", Number.NaN],
    [null, Number.NaN],
    ["12", 12],
  ])("has the importance %s as it is", (text, expected) => {
    expect(long([0, "f", text, "(0,1)", "m"])).toMatchObject({ row: { importance: expected } });
  });

  it.each([
    [[null, "f", "1", "(0,1)", "m"], "null_timestamp"],
    [[1, null, "1", "(0,1)", "m"], "null_feature"],
    [[1, "f", "1", "(0,1)", null], "null_model"],
  ] as const)("that belongs to no series is dropped with a reason: %j", (raw, reason) => {
    expect(long(raw)).toBe(reason);
  });
});

describe("packing into records", () => {
  it("keeps models apart and the order within each", () => {
    const rows = [row({ tid: 1 }), { ...row({ tid: 2 }), model: "n" }, row({ tid: 3 })];
    expect(byModel(rows).map(({ model, rows: part }) => [model, part.map((r) => r.tid)])).toEqual([
      ["m", [1, 3]],
      ["n", [2]],
    ]);
  });

  it("puts at most 200 rows into one", () => {
    const rows = Array.from({ length: 450 }, (_, tid) => row({ tid }));
    expect(byModel(rows).map((part) => part.rows.length)).toEqual([200, 200, 50]);
  });

  it("puts at most 64 KB into one, but always a row", () => {
    const rows = [...Array(20).keys()].map((tid) => row({ tid, feature: "é".repeat(5_000) }));
    rows.push(row({ tid: 99, feature: "x".repeat(100_000) }));
    expect(byModel(rows).map((part) => part.rows.length)).toEqual([6, 6, 6, 2, 1]);
  });
});

const parsed = (feature: string, model = "m"): unknown => long([1, feature, "1", "(0,1)", model]);

describe("a name (FR-K1, FR-K5)", () => {
  it.each([
    ["feature", "f".repeat(4097), "m"],
    ["feature", "\u20AC".repeat(1366), "m"],
    ["model", "f", "x".repeat(513)],
  ])("of a %s is left out when it has too many bytes", (what, feature, model) => {
    expect(parsed(feature, model)).toBe(`long_${what}`);
  });

  it("of as many bytes as a name may have is kept", () => {
    expect(parsed("f".repeat(4096), "m".repeat(512))).not.toHaveProperty("cleaned");
  });

  it.each([
    ["a\r\n b", "a b"],
    ["\u001b[31mred", " [31mred"],
    ["a\u202Eb", "ab"],
    ["a\u2028b\u0085", "a b "],
  ])("%j is read as %j, and counted", (name, clean) => {
    expect(parsed(name, name)).toMatchObject({
      model: clean,
      cleaned: true,
      row: { feature: clean },
    });
  });

  it("with blanks, accents and emoji is read as it is", () => {
    expect(parsed("Größe  🧑‍🚒 \\n")).toMatchObject({
      row: { feature: "Größe  🧑‍🚒 \\n" },
    });
  });
});
