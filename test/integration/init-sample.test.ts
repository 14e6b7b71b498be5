/** What `init` reads of the tables that it looks at, and how much. */
import { describe, expect, it, onTestFinished } from "vitest";
import { connect } from "../../src/source/connection.ts";
import { readCatalogue } from "../../src/source/discovery/catalogue.ts";
import { sampleOf } from "../../src/source/discovery/sampling.ts";
import { runInit } from "../programs/init.ts";
import type { TestDatabase } from "../programs/postgres.ts";
import { sourceOptions, withSource } from "../programs/source.ts";

const sources = withSource();

const columns = "(ts timestamptz, model text, feature text, importance real)";
const readAll = "GRANT SELECT ON ALL TABLES IN SCHEMA public TO readonly";

async function database(ddl: string): Promise<TestDatabase> {
  return await sources.newSource(`CREATE TABLE explainability_metrics (id int); ${ddl}`);
}

describe("what is sampled", () => {
  it("a partitioned table asks no other server before a person names it", async () => {
    const source = await database(
      `CREATE TABLE plain ${columns}; INSERT INTO plain SELECT now() - i * interval '1 hour', 'churn', 'age', 0.3 FROM generate_series(1, 50) i;
       CREATE FOREIGN DATA WRAPPER far; CREATE SERVER far FOREIGN DATA WRAPPER far;
       CREATE TABLE shap_values ${columns} PARTITION BY RANGE (ts);
       CREATE TABLE middle PARTITION OF shap_values DEFAULT PARTITION BY RANGE (ts);
       CREATE FOREIGN TABLE away PARTITION OF middle DEFAULT SERVER far; ${readAll}`,
    );
    const { chosen, candidates } = JSON.parse(
      (await runInit(["--from", source.readonlyUrl, "--json", "--out", "-"])).out,
    );
    expect(chosen).toBe("public.plain");
    expect(candidates).toContainEqual(
      expect.objectContaining({
        table: "public.shap_values",
        obstacle: "not read yet, because reading it runs code of its owner",
      }),
    );
  });
});

describe("a sample of long objects", () => {
  it("is bounded in bytes, whatever the number of rows and columns", async () => {
    const source = await database(
      `CREATE TABLE shap (ts timestamptz, one json, two json);
       INSERT INTO shap SELECT now() - i * interval '1 minute', o, o FROM generate_series(1, 300) i,
         (SELECT json_object_agg('feature ' || f, 0.1) AS o FROM generate_series(1, 2500) f) objects;
       ${readAll}`,
    );
    const client = await connect(sourceOptions(source.readonlyUrl).connection);
    onTestFinished(() => client.end());
    const { tables } = await readCatalogue(client, 30_000, ["shap"]);
    const { newest } = await sampleOf(client, tables[0]!, 30_000);
    expect(newest.length).toBeGreaterThan(50);
    expect(newest.flat().join("").length).toBeLessThan(17_000_000);
  });
});
