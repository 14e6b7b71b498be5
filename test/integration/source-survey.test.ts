import { beforeAll, describe, expect, it } from "vitest";
import type { CheckFinding } from "../../src/finding.ts";
import { type SourceSurvey, surveySource } from "../../src/source/survey.ts";
import { sql, type TestDatabase } from "../programs/postgres.ts";
import { sourceOptions, withSource } from "../programs/source.ts";

const sources = withSource();
let source: TestDatabase;
beforeAll(async () => {
  source = await sources.newSource();
});

const look = (over: object): Promise<SourceSurvey> =>
  surveySource(sourceOptions(source.readonlyUrl, over));

const wrongOf = (found: readonly CheckFinding[]): readonly CheckFinding[] =>
  found.filter(({ ok }) => !ok);

/** A table of a name of its own, filled, and readable by the source's role. */
async function table(name: string, ddl: string, rows = ""): Promise<SourceSurvey> {
  await sql(
    source.url,
    `CREATE TABLE ${name} (${ddl}); ${rows}; GRANT SELECT ON ${name} TO readonly`,
  );
  return look({ table: name });
}

const series = (
  name: string,
  importance: string,
  at = "now() - i * interval '10 minutes'",
): string =>
  `INSERT INTO ${name} SELECT ${at}, f, ${importance} FROM generate_series(1, 100) i,
   unnest(array['age', 'income', 'tenure']) f`;

describe("what a look at a source says", () => {
  it("is models, features, age, cadence, price and index", async () => {
    await sql(source.url, series("explainability_metrics", "0.3"));
    const { findings, features } = await look({});
    expect(findings).toMatchObject([{ ok: true, doubtful: false, check: "rows" }]);
    expect(findings[0]?.message).toMatch(
      /^1 model, 3 features, newest row 10m\d* ?s? ?old, every 10m; a poll costs \d+ ms \(index on timestamp\)$/,
    );
    expect([...features].toSorted()).toEqual(["age", "income", "tenure"]);
  });

  it.each([
    ["with a comma", "text", "'0,25'", '"0,25"'],
    ["as money", "money", "'0.25'::money", '"$0.25"'],
    ["as percent", "text", "'12.3%'", '"12.3%"'],
    ["as JSON", "jsonb", `'{"v": 1}'::jsonb`, '{\\"v\\"'],
    ["as a list", "float8[]", "array[0.5]", '"{0.5}"'],
  ])(
    "is that importances %s are no numbers, with an example (FR-B4)",
    async (_what, type, ...[value, example]) => {
      const name = `t_${Math.abs(Buffer.from(value).readInt16BE())}_${type.replaceAll(/\W/g, "")}`;
      const { findings } = await table(
        name,
        `"timestamp" timestamptz, feature_name text, importance ${type}`,
        series(name, value),
      );
      expect(wrongOf(findings)).toMatchObject([
        { code: "DW_SOURCE_COLUMN_TYPE", message: expect.stringContaining(example) },
      ]);
    },
  );

  it("is that a text of numbers can be read", async () => {
    const { findings } = await table(
      "numbers",
      `"timestamp" timestamptz, feature_name text, importance text`,
      series("numbers", "'0.25'"),
    );
    expect(wrongOf(findings)).toEqual([]);
  });

  it("is that an empty table, an old one and one whose models melt are doubtful (FR-B6)", async () => {
    const columns = `"timestamp" timestamptz, feature_name text, importance float8`;
    expect((await table("empty", columns)).findings).toMatchObject([
      { check: "rows", doubtful: true },
    ]);
    const old = await table(
      "old",
      columns,
      series("old", "1", "now() - i * interval '10 minutes' - interval '3 days'"),
    );
    expect(old.findings).toContainEqual(
      expect.objectContaining({ check: "newest row", doubtful: true }),
    );
    const melted = await table(
      "melted",
      `${columns}, segment text`,
      `INSERT INTO melted SELECT now() - i * interval '1 minute', f, 1, s FROM generate_series(1, 50) i,
       unnest(array['a', 'b']) f, unnest(array['x', 'y', 'z']) s`,
    );
    expect(melted.findings).toContainEqual(
      expect.objectContaining({ check: "models", hint: expect.stringContaining("segment") }),
    );
  });

  it("is that a large table without an index costs much", async () => {
    const { findings } = await table(
      "large",
      `"timestamp" timestamptz, feature_name text, importance float8`,
      `INSERT INTO large SELECT now() - i * interval '1 minute', 'f', 1 FROM generate_series(1, 6000) i`,
    );
    expect(findings).toContainEqual(
      expect.objectContaining({ check: "index", hint: expect.stringContaining("CREATE INDEX ON") }),
    );
  });

  it("leaves out rows that are ahead of the clock or at infinity", async () => {
    const { findings } = await table(
      "wild",
      `"timestamp" timestamptz, feature_name text, importance float8`,
      `INSERT INTO wild VALUES ('infinity', 'a', 1), ('2099-01-01', 'a', 1), (now(), 'a', 1)`,
    );
    expect(findings[0]?.message).toMatch(/newest row \d+m?s old/);
  });
});
