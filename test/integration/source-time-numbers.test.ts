/** Time columns of numbers: order, bounds that use an index, and what is refused. */
import { describe, expect, it } from "vitest";
import { probeSource } from "../../src/source/probe.ts";
import { eventually } from "../programs/eventually.ts";
import { sql } from "../programs/postgres.ts";
import { sourceOptions, taken, withSource } from "../programs/source.ts";

const { newSource, run } = withSource();

describe("a time column of numbers", () => {
  const over = {
    table: "explainability_metrics",
    columns: { timestamp: "at", features: ["age"] },
    timeUnit: "seconds",
  } as const;

  it.each(["double precision", "numeric", "bigint"])(
    "of type %s: infinite, negative and absurd times stop nothing, and keep their order",
    async (type) => {
      const source = await newSource(
        `CREATE TABLE explainability_metrics (at ${type}, age float8)`,
      );
      const { ticks, sink } = run(source.readonlyUrl, undefined, over);
      await ticks(1);
      const odd =
        type === "bigint"
          ? "9223372036854775807, -9223372036854775808"
          : "'NaN', 'Infinity', '-Infinity', 1e300, 9e18, 1e-300";
      await sql(
        source.url,
        `INSERT INTO explainability_metrics SELECT at, 1 FROM unnest(ARRAY[${odd}, -1, 0, 32503680000, NULL]::${type}[]) at`,
      );
      await sql(
        source.url,
        `INSERT INTO explainability_metrics SELECT extract(epoch FROM now()), 2`,
      );
      await eventually(() => expect(sink.rows.map(({ importance }) => importance)).toContain(2));
      const count = odd.split(",").length + 4;
      await eventually(() => expect(taken(sink.records).length).toBe(count));
      expect(sink.rows.filter(({ ts }) => Number.isFinite(ts))).toHaveLength(
        type === "bigint" ? 4 : 5,
      );
      expect(sink.rows.some(({ ts }) => Number.isNaN(ts))).toBe(false);
    },
  );

  it("of type numeric: a number too small for a float stops nothing", async () => {
    const source = await newSource("CREATE TABLE explainability_metrics (at numeric, age float8)");
    const { ticks, sink } = run(source.readonlyUrl, undefined, over);
    await ticks(1);
    await sql(
      source.url,
      "INSERT INTO explainability_metrics VALUES (1e-400, 1), (-1e-400, 2), (1764273600.123456, 3)",
    );
    await eventually(() => expect(sink.rows.map(({ importance }) => importance)).toContain(3));
    expect(sink.rows.map(({ ts }) => Math.abs(ts)).toSorted((a, b) => a - b)).toEqual([
      0, 0, 1764273600123456,
    ]);
  });

  it("uses an index on it", async () => {
    const source = await newSource(
      `CREATE TABLE explainability_metrics (at bigint, age float8); CREATE INDEX ON explainability_metrics (at);
       INSERT INTO explainability_metrics SELECT 1.6e9 + i, 1 FROM generate_series(1, 20000) i; ANALYZE explainability_metrics`,
    );
    const { sink, ticks } = run(source.readonlyUrl, undefined, over);
    await ticks(1);
    const before = await sql(source.url, "SELECT idx_scan::int AS scans FROM pg_stat_user_indexes");
    await ticks(3);
    await eventually(async () => {
      const now = await sql(source.url, "SELECT idx_scan::int AS scans FROM pg_stat_user_indexes");
      expect(now[0]?.["scans"]).toBeGreaterThan(Number(before[0]?.["scans"]));
    });
    expect(sink.rows).toEqual([]);
  });

  it.each([
    ["1764273600", "seconds", "2025-11-27T20:00:00.000Z"],
    ["1764273600000", "milliseconds", "2025-11-27T20:00:00.000Z"],
    ["1764273600000000", "microseconds", "2025-11-27T20:00:00.000Z"],
  ])("without a unit is refused; for %s it proposes %s", async (value, unit, time) => {
    const source = await newSource(
      `CREATE TABLE explainability_metrics (at bigint, age float8); INSERT INTO explainability_metrics VALUES (${value}, 1)`,
    );
    const { timeUnit: _, ...unitless } = over;
    const probing = probeSource({ ...sourceOptions(source.readonlyUrl), ...unitless });
    await expect(probing).rejects.toMatchObject({
      code: "DW_SOURCE_COLUMN_TYPE",
      hint: `Set time_unit: ${unit} of the source: as ${unit} since 1970, ${value} is ${time}.`,
    });
  });

  it.each([
    ["text", "CREATE VIEW"],
    ["timestamptz", "Delete time_unit"],
    ["boolean", "column of numbers with time_unit"],
  ])("that is %s is refused, with what to do", async (type, hint) => {
    const source = await newSource(`CREATE TABLE explainability_metrics (at ${type}, age float8)`);
    const probing = probeSource({ ...sourceOptions(source.readonlyUrl), ...over });
    await expect(probing).rejects.toMatchObject({
      code: "DW_SOURCE_COLUMN_TYPE",
      hint: expect.stringContaining(hint),
    });
  });
});

describe("a time column without a zone", () => {
  it.each([
    ["date", "UTC", "5874897-12-31"],
    ["date", "UTC", "4714-11-24 BC"],
    ["timestamp", "America/Los_Angeles", "294276-12-31 23:59:59"],
    ["timestamp", "Asia/Tokyo", "4714-11-24 00:00:00 BC"],
  ])("of type %s in %s: the time %s stops nothing", async (type, timeZone, absurd) => {
    const source = await newSource(`CREATE TABLE explainability_metrics (at ${type}, age float8)`);
    const { ticks, sink } = run(source.readonlyUrl, undefined, {
      table: "explainability_metrics",
      columns: { timestamp: "at", features: ["age"] },
      timeZone,
    });
    await ticks(1);
    await sql(source.url, `INSERT INTO explainability_metrics VALUES ('${absurd}', 1), (now(), 2)`);
    await eventually(() =>
      expect(new Set(sink.rows.map(({ importance }) => importance))).toEqual(new Set([1, 2])),
    );
  });

  it("keeps the rows of the hour that its zone skips", async () => {
    const source = await newSource(
      "CREATE TABLE explainability_metrics (at timestamp, age float8); CREATE INDEX ON explainability_metrics (at)",
    );
    const { ticks, sink } = run(source.readonlyUrl, undefined, {
      table: "explainability_metrics",
      columns: { timestamp: "at", features: ["age"] },
      timeZone: "Europe/Berlin",
    });
    await ticks(1);
    await sql(
      source.url,
      "INSERT INTO explainability_metrics VALUES ('2026-03-29 01:30', 1), ('2026-03-29 02:30', 2), ('2026-03-29 03:10', 3), ('infinity', 4)",
    );
    await eventually(() => expect(taken(sink.records)).toHaveLength(4));
  });
});
