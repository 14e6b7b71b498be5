import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type ProbedKind,
  probedKinds,
  type ReportedKind,
  reportedKinds,
} from "../../src/incidents/episode.ts";
import { type AdvisedKind, advice } from "../../src/messages/advice.ts";
import { queryFor, type SourceTable } from "../../src/messages/query.ts";
import {
  sql,
  startTestPostgres,
  type TestDatabase,
  type TestPostgres,
} from "../programs/postgres.ts";

type ModelKind = Exclude<AdvisedKind, ProbedKind | ReportedKind>;
/** A probe of a service reads no rows. */
const readsRows = (kind: string): kind is ModelKind =>
  kind in advice && ![...probedKinds, ...reportedKinds].some((of) => of === kind);
const kinds = Object.keys(advice).filter(readsRows);

const model = `it's "x" % _`;
const feature = "credit'score; DROP TABLE x --";
const fromMs = Date.parse("2026-11-25T20:00:00Z");

/** OpenClaw's own table, and one whose names need quotes and whose times have no zone. */
const plain: SourceTable = {
  table: "explainability_metrics",
  columns: {
    timestamp: "timestamp",
    feature: "feature_name",
    importance: "importance",
    model: "model_name",
  },
  timeZone: "UTC",
};
const odd: SourceTable = {
  table: '"Odd Schema"."Explain ""T"""',
  columns: { timestamp: "time", feature: 'Feature "F"', importance: "order", model: "Model" },
  timeZone: "Europe/Berlin",
};

const tables = `
create table explainability_metrics
  ("timestamp" timestamptz, feature_name text, importance float8, model_name text);
create schema "Odd Schema";
create table "Odd Schema"."Explain ""T"""
  (time timestamp, "Feature ""F""" text, "order" float8, "Model" text);`;

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;

const row = (time: string, value: number): string =>
  `('${time}', ${text(feature)}, ${value}, ${text(model)})`;

/** Two values at the first moment; the other moment is an hour before what is asked for. */
function rowsIn(into: string, [before, at]: readonly [before: string, at: string]): string {
  return `insert into ${into} values ${row(before, 1)}, ${row(at, 2)}, ${row(at, 3)}, ('${at}', 'age', 4, 'other')`;
}

let postgres: TestPostgres;
let database: TestDatabase;
beforeAll(async () => {
  postgres = await startTestPostgres();
  database = await postgres.createDatabase("queries");
  await sql(database.url, tables);
  const utc = ["2026-11-25 19:30+00", "2026-11-25 20:30+00"] as const;
  await sql(database.url, rowsIn(plain.table, utc));
  const berlin = ["2026-11-25 20:30", "2026-11-25 21:30"] as const;
  await sql(database.url, rowsIn(odd.table, berlin));
});
afterAll(() => postgres.stop());

/** Rows that the query of a kind gives. */
async function rowsOf(kind: AdvisedKind, source: SourceTable): Promise<number> {
  const query = queryFor({ kind, source, model, feature, fromMs }) ?? "";
  return (await sql(database.url, query)).length;
}

const expected: Readonly<Record<ModelKind, number>> = {
  shift: 2,
  level_shift: 2,
  leak: 2,
  new_feature: 2,
  bad_values: 2,
  quarantined: 2,
  silent: 1,
  source_silent: 1,
  feature_missing: 1,
  frozen: 1,
  second_exporter: 1,
};

describe("the query on a ticket (FR-T2)", () => {
  it.each(kinds)(
    "of a %s shows its rows, of this model, from then on, in any table",
    async (kind) => {
      expect(await rowsOf(kind, plain)).toBe(expected[kind]);
      expect(await rowsOf(kind, odd), "names that need quotes, times without a zone").toBe(
        expected[kind],
      );
    },
  );

  it("is about the whole table where one table is one model", async () => {
    const { model: _, ...columns } = plain.columns;
    const query = queryFor({
      kind: "silent",
      source: { ...plain, columns },
      model,
      feature,
      fromMs,
    });
    expect(query).toBe('SELECT max("timestamp") FROM explainability_metrics;');
    expect(await sql(database.url, query ?? "")).toHaveLength(1);
  });

  it("shows the rows of all versions where names hold one", async () => {
    const source = { ...plain, versionedNames: "{name}x{version}" };
    const name = `${model}x7`;
    await sql(
      database.url,
      `update explainability_metrics set model_name = ${text(name)} where importance = 3`,
    );
    const query = queryFor({ kind: "shift", source, model, feature, fromMs }) ?? "";
    expect(await sql(database.url, query)).toHaveLength(1);
    await sql(
      database.url,
      `update explainability_metrics set model_name = ${text(model)} where importance = 3`,
    );
  });

  it("is left out where a name cannot be shown as it is", () => {
    const input = { kind: "shift", source: plain, feature, fromMs } as const;
    expect(queryFor({ ...input, model: "a\u202eb" })).toBeUndefined();
    expect(queryFor({ ...input, model: "{code}" })).toBeUndefined();
  });
});

describe("the query in a runbook", () => {
  it.each(kinds)("for %s runs in OpenClaw's table", async (kind) => {
    const page = readFileSync(`docs/runbooks/${kind}.md`, "utf8");
    const query = /```sql\n([\s\S]*?)\n```/.exec(page)?.[1] ?? "select 1";
    const run = query.replaceAll("model = 'MODEL'", "model_name = 'MODEL'");
    await expect(sql(database.url, run)).resolves.toBeInstanceOf(Array);
  });
});
