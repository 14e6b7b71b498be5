/** Tables of every shape, read from a real Postgres: each importance once, with the counts to the row. */
import { describe, expect, it } from "vitest";
import { advance, historyLevel } from "../../src/detection/attribution/positions.ts";
import type { Position } from "../../src/detection/model-facts.ts";
import type { SourceOptions } from "../../src/source/options.ts";
import { keyOf } from "../../src/source/rows.ts";
import { decodeRecord, encodeRecord } from "../../src/stream/codec.ts";
import type { StreamRecord } from "../../src/stream/record.ts";
import { eventually } from "../programs/eventually.ts";
import { sql } from "../programs/postgres.ts";
import { MemorySink, sourceOptions, withSource } from "../programs/source.ts";

const { newSource, run } = withSource({ options: { overlapMs: 600_000, pageRows: 10 } });

type Columns = SourceOptions["columns"];

/** A table with a row an attribution of two models, and what reads it. */
interface Shaped {
  readonly ddl: string;
  readonly columns: Columns;
  readonly timeUnit?: SourceOptions["timeUnit"];
  /** Inserts 40 rows of n importances each, numbered by the batch, for the models churn/eu and churn/us%2F1. */
  readonly insert: (batch: number) => string;
}

const model = ["Model Name", "segment"];
const common = `"Model Name" text, segment text`;
const parts = `'churn', CASE i % 2 WHEN 0 THEN 'eu' ELSE 'us/1' END`;
const series = "FROM generate_series(1, 40) i";
const ago = "now() - i * interval '1 s'";

const shapes: Readonly<Record<string, Shaped>> = {
  wide: {
    ddl: `("When" timestamptz, ${common}, age double precision, "In Come" numeric, tenure text, other int)`,
    columns: { timestamp: "When", features: ["age", "In Come", "tenure"], model },
    insert: (batch) =>
      `INSERT INTO explainability_metrics SELECT ${ago}, ${parts}, ${batch} + i / 100.0, ${batch}.5, '${batch}.25', 7 ${series}`,
  },
  object: {
    ddl: `("When" timestamp, ${common}, shap jsonb)`,
    columns: { timestamp: "When", values: "shap", model },
    insert: (batch) =>
      `INSERT INTO explainability_metrics SELECT (${ago}) AT TIME ZONE 'UTC', ${parts},
        jsonb_build_object('age', ${batch} + i / 100.0, 'In Come', ${batch}.5, 'tenure', '${batch}.25') ${series}`,
  },
  "plain json": {
    ddl: `("When" timestamptz, ${common}, shap json)`,
    columns: { timestamp: "When", values: "shap", model },
    insert: (batch) =>
      `INSERT INTO explainability_metrics SELECT ${ago}, ${parts},
        json_build_object('age', ${batch} + i / 100.0, 'In Come', ${batch}.5, 'tenure', '${batch}.25') ${series}`,
  },
  ...Object.fromEntries(
    (
      [
        ["seconds", "numeric", 1],
        ["milliseconds", "bigint", 1000],
        ["microseconds", "double precision", 1e6],
      ] as const
    ).map(([timeUnit, type, factor]): [string, Shaped] => [
      `wide with ${timeUnit}`,
      {
        ddl: `("When" ${type}, ${common}, age real, "In Come" int, tenure text)`,
        columns: { timestamp: "When", features: ["age", "In Come", "tenure"], model },
        timeUnit,
        insert: (batch) =>
          `INSERT INTO explainability_metrics SELECT extract(epoch FROM ${ago}) * ${factor}, ${parts}, ${batch} + i / 128.0, ${batch}, '${batch}.25' ${series}`,
      },
    ]),
  ),
  long: {
    ddl: `("When" bigint, ${common}, what text, much text)`,
    columns: { timestamp: "When", feature: "what", importance: "much", model },
    timeUnit: "seconds",
    insert: (batch) =>
      `INSERT INTO explainability_metrics SELECT extract(epoch FROM ${ago}), ${parts}, f, ${batch} + i / 100.0 ${series}, unnest('{age,In Come,tenure}'::text[]) f`,
  },
};

const readings: Readonly<Record<string, (ddl: string) => string>> = {
  "a table": (ddl: string) => `CREATE TABLE explainability_metrics ${ddl};`,
  "a view": (ddl: string) =>
    `CREATE TABLE base ${ddl}; CREATE VIEW explainability_metrics AS SELECT * FROM base;`,
  "a partitioned table": (ddl: string) =>
    `CREATE TABLE explainability_metrics ${ddl} PARTITION BY RANGE ("When");
     CREATE TABLE base PARTITION OF explainability_metrics DEFAULT;`,
};

const cases = Object.keys(shapes).flatMap((shape) =>
  Object.keys(readings)
    // A partitioned table is read as a view is: one shape shows that its places are not taken for places of its parts.
    .filter((reading) => reading !== "a partitioned table" || shape === "wide")
    .map((reading) => ({ shape, reading })),
);

/** What detection takes: `model feature` with its importances, sorted. */
function takenOf(records: readonly StreamRecord[]): ReadonlyMap<string, readonly number[]> {
  const positions = new Map<string, Record<string, Position>>();
  const found = new Map<string, number[]>();
  for (const sent of records) {
    const record = decodeRecord(encodeRecord(sent));
    if (record.kind !== "rows" && record.kind !== "history") continue;
    const known = positions.get(record.model) ?? {};
    positions.set(record.model, known);
    const place = record.kind === "rows" ? record : { level: historyLevel, window: 0 };
    for (const row of record.rows.filter((one) => advance(known, place, one))) {
      const name = `${record.model} ${row.feature}`;
      found.set(
        name,
        [...(found.get(name) ?? []), row.importance].toSorted((a, b) => a - b),
      );
    }
  }
  return found;
}

const total = (found: ReadonlyMap<string, readonly number[]>): number =>
  [...found.values()].reduce((sum, { length }) => sum + length, 0);

const models = ["churn/eu", "churn/us%2F1"];

describe.each(cases)("$shape in $reading", ({ shape, reading }) => {
  const { ddl, columns, timeUnit, insert } = shapes[shape]!;
  const over = {
    table: "explainability_metrics",
    columns,
    ...(timeUnit !== undefined && { timeUnit }),
  };
  const make = readings[reading]!;

  it("each importance is taken once, over processes that die in the middle", async () => {
    const source = await newSource(make(ddl));
    await sql(source.url, insert(1));
    const sink = new MemorySink();
    let { progress, ticks, poller } = run(source.readonlyUrl, { sink }, over);
    await ticks(1);
    await sql(source.url, insert(2));
    await ticks(2);
    for (const dies of [1, 2, 3]) {
      let appends = 0;
      sink.before = (records) => {
        appends += records.some(({ kind }) => kind === "rows") ? 1 : 0;
        if (appends >= dies) throw new Error("the process has died");
      };
      await sql(source.url, insert(dies + 2));
      await eventually(() => expect(appends).toBeGreaterThanOrEqual(dies));
      // What the dead process had stored is what the next one finds.
      const kept = Object.assign(Object.create(Object.getPrototypeOf(progress)), progress);
      const document = progress.document;
      await poller.stop();
      kept.document = document;
      sink.before = () => undefined;
      ({ progress, ticks, poller } = run(source.readonlyUrl, { sink, progress: kept }, over));
      await ticks(2);
    }
    const found = takenOf(sink.records);
    const options = { ...sourceOptions(source.url), ...over };
    const names = models.flatMap((name) =>
      ["age", "In Come", "tenure"].map((feature) => `${keyOf(options, name)} ${feature}`),
    );
    expect([...found.keys()].toSorted()).toEqual(names.toSorted());
    expect([...found.values()].map(({ length }) => length)).toEqual(names.map(() => 100));
    expect(poller.rows()).toEqual({ read: 600, leftOut: {} });
    expect(total(found)).toBe(600);
  });
});

describe("a row of a wide table", () => {
  const { columns } = shapes["wide"]!;
  const over = { table: "explainability_metrics", columns };

  it("lacks the features whose cells are NULL; a bad cell is a bad value and stops nothing", async () => {
    const source = await newSource(readings["a table"]!(shapes["wide"]!.ddl));
    const { ticks, sink, poller } = run(source.readonlyUrl, undefined, over);
    await ticks(1);
    await sql(
      source.url,
      `INSERT INTO explainability_metrics VALUES (now(), 'm', 's', NULL, 'NaN', 'much'), (now(), 'm', 's', 1, NULL, NULL),
         (now(), 'm', 's', NULL, NULL, NULL), (NULL, 'm', 's', 1, 1, '1'), (now(), 'm', NULL, 1, NULL, '1'),
         (now(), NULL, 's', 1, NULL, NULL), ('infinity', 'm', 's', 1e308, 1e400, '1')`,
    );
    await eventually(() => expect(poller.rows()?.read).toBe(11));
    await ticks(1);
    expect(poller.rows()?.leftOut).toEqual({ no_values: 1, null_timestamp: 1, null_model: 3 });
    expect(
      sink.rows.map(({ feature, importance }) => `${feature} ${importance}`).toSorted(),
    ).toEqual(["In Come Infinity", "In Come NaN", "age 1", "age 1e+308", "tenure 1", "tenure NaN"]);
  });
});

describe("a row with an object", () => {
  it("that is none, is too long or is empty is left out and counted", async () => {
    const source = await newSource(readings["a table"]!(shapes["plain json"]!.ddl));
    const { columns } = shapes["plain json"]!;
    const { ticks, sink, poller } = run(source.readonlyUrl, undefined, {
      table: "explainability_metrics",
      columns,
    });
    await ticks(1);
    await sql(
      source.url,
      String.raw`INSERT INTO explainability_metrics SELECT now(), 'm', 's', shap::json FROM unnest(ARRAY['[1]', 'null', '7', '{}', NULL,
         '{"a": 1, "a": 2, "b": null, "c": {"d": 1}, "e": 1e999, "\u0000": 3}', '{"f": "0.5"}']) shap;
       INSERT INTO explainability_metrics SELECT now(), 'm', 's', json_object_agg('feature ' || i, i) FROM generate_series(1, 20000) i`,
    );
    await eventually(() => expect(poller.rows()?.read).toBe(12));
    await ticks(1);
    expect(poller.rows()?.leftOut).toEqual({ not_an_object: 3, no_values: 2, long_object: 1 });
    expect(sink.rows.map(({ feature, importance }) => `${feature} ${importance}`)).toEqual([
      "a 2",
      "b NaN",
      "c NaN",
      "e Infinity",
      "  3",
      "f 0.5",
    ]);
  });
});

const insertAge = (age: number): string =>
  `INSERT INTO explainability_metrics ("When", "Model Name", segment, age) VALUES (now(), 'm', 's', ${age})`;

describe("a table that changes its shape while it is read", () => {
  it.each([
    [
      "a column is dropped",
      "ALTER TABLE explainability_metrics DROP COLUMN tenure",
      "ALTER TABLE explainability_metrics ADD COLUMN tenure text",
      /no column tenure for the feature/,
    ],
    [
      "a column is renamed",
      'ALTER TABLE explainability_metrics RENAME age TO "Age"',
      'ALTER TABLE explainability_metrics RENAME "Age" TO age',
      /no column age for the feature/,
    ],
    [
      "the time becomes text",
      'ALTER TABLE explainability_metrics ALTER "When" TYPE text',
      `ALTER TABLE explainability_metrics ALTER "When" TYPE timestamptz USING "When"::timestamptz`,
      /is text, not a time/,
    ],
  ])(
    "%s: it is not ready and says why; when it is back, nothing is lost",
    async (...[, change, back, reason]) => {
      const source = await newSource(readings["a table"]!(shapes["wide"]!.ddl));
      const { columns } = shapes["wide"]!;
      const { ticks, sink, poller } = run(source.readonlyUrl, undefined, {
        table: "explainability_metrics",
        columns,
      });
      await ticks(1);
      await sql(source.url, insertAge(1));
      await ticks(2);
      await sql(source.url, change);
      await eventually(() => expect(poller.health().reason).toMatch(reason));
      await sql(source.url, back);
      await sql(source.url, insertAge(2));
      await eventually(() => expect(sink.rows.map(({ importance }) => importance)).toContain(2));
      await eventually(() => expect(poller.health().ok).toBe(true));
    },
  );
});
