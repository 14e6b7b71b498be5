/** What `check` says of tables of other shapes. */
import { beforeAll, describe, expect, it } from "vitest";
import { surveySource } from "../../src/source/survey.ts";
import { sql, type TestDatabase } from "../programs/postgres.ts";
import { sourceOptions, withSource } from "../programs/source.ts";

const sources = withSource();
let source: TestDatabase;
beforeAll(async () => {
  source = await sources.newSource();
});

async function looked(name: string, ddl: string, over: object) {
  await sql(source.url, `CREATE TABLE ${name} ${ddl}; GRANT SELECT ON ${name} TO readonly`);
  const options = sourceOptions(source.readonlyUrl, { table: name, ...over });
  return (await surveySource(options)).findings;
}

const said = (check: string, message: string, over: object = { ok: true, doubtful: false }) =>
  expect.objectContaining({ check, message: expect.stringContaining(message), ...over });

describe("what a look at a source says of", () => {
  it("a wide table: a row as it is read, and the numbers that are not", async () => {
    const found = await looked(
      "wide",
      `(at timestamptz, name text, segment text, age float8, income float8, n_rows int);
       INSERT INTO wide SELECT '2026-01-01T00:00Z'::timestamptz + i * interval '1 h', 'churn', 'eu', 0.25, i, 7 FROM generate_series(0, 9) i`,
      { columns: { timestamp: "at", features: ["age", "income"], model: ["name", "segment"] } },
    );
    expect(found).toContainEqual(said("rows", "1 model, 2 features"));
    expect(found).toContainEqual(
      said(
        "example",
        "the newest row reads 2026-01-01T09:00:00.000Z churn/eu: age = 0.25, income = 9",
      ),
    );
    expect(found).toContainEqual(said("columns", "n_rows: numbers that are not read"));
  });

  it("objects of which some are none, and of which all are none", async () => {
    const columns = { timestamp: "at", values: "shap" };
    const some = await looked(
      "some_objects",
      `(at timestamptz, shap jsonb); INSERT INTO some_objects VALUES (now(), '{"age": 1}'), (now(), '[1]')`,
      { columns },
    );
    expect(some).toContainEqual(
      said(
        "values",
        '1 row whose values are no object would be left out (not_an_object), for example "[1]"',
        {
          doubtful: true,
        },
      ),
    );
    const none = await looked(
      "no_objects",
      "(at timestamptz, shap jsonb); INSERT INTO no_objects VALUES (now(), '[1]')",
      { columns },
    );
    expect(none).toContainEqual(said("values", "not_an_object", { ok: false }));
    expect(none).not.toContainEqual(said("rows", "no row"));
  });

  it.each([
    ["milliseconds", 1_764_273_600],
    ["seconds", 1_764_273_600_000],
  ])("times that are not in %s", async (timeUnit, value) => {
    const found = await looked(
      `in_${timeUnit}`,
      `(at bigint, age float8); INSERT INTO in_${timeUnit} VALUES (${value}, 1)`,
      { columns: { timestamp: "at", features: ["age"] }, timeUnit },
    );
    expect(found).toContainEqual(
      said("time", `at holds ${value}, which is no time in ${timeUnit}`, { ok: false }),
    );
  });

  it("a table whose rows are overwritten", async () => {
    const found = await looked(
      "latest",
      `(name text PRIMARY KEY, at timestamptz, age float8); INSERT INTO latest VALUES ('m', now(), 1);
       DO $$ BEGIN FOR i IN 1..120 LOOP UPDATE latest SET at = now(), age = i; END LOOP; END $$;
       SELECT pg_stat_force_next_flush()`,
      { columns: { timestamp: "at", features: ["age"], model: "name" } },
    );
    expect(found).toContainEqual(said("updates", "are updated (120 times)", { doubtful: true }));
  });
});
