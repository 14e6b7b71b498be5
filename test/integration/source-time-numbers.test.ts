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
          : "'NaN', 'Infinity', '-Infinity', 1e300, 9e18";
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
      expect(sink.rows.filter(({ ts }) => Number.isFinite(ts))).toHaveLength(4);
      expect(sink.rows.some(({ ts }) => Number.isNaN(ts))).toBe(false);
    },
  );

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
