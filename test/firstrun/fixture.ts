/** The database of the first run: 40 models with 25 features each, 1,000 hours, a million rows, and one fault. */
import { sql, type TestPostgres } from "../programs/postgres.ts";

export const planted = { model: "churn-07", feature: "credit_score" } as const;

const models = 40;
const hours = 1_000;

const table = `
  CREATE SCHEMA ml;
  CREATE TABLE ml.importances (
    scored_at timestamptz NOT NULL, model text NOT NULL, feature text NOT NULL, importance double precision);
  CREATE INDEX ON ml.importances (scored_at);`;

/** The level of each feature differs, and 4 % noise is on it. In the last two days one feature of one model collapses. */
const fill = `
  SELECT setseed(0.42);
  INSERT INTO ml.importances
  SELECT at, model, feature, level * (1 + 0.04 * noise)
         * CASE WHEN model = '${planted.model}' AND feature = '${planted.feature}' AND hours_ago < 48 THEN 0.1 ELSE 1 END
  FROM generate_series(${hours - 1}, 0, -1) hours_ago,
       LATERAL (SELECT date_trunc('hour', now()) - hours_ago * interval '1 hour' AS at) times,
       LATERAL (SELECT 'churn-' || lpad(n::text, 2, '0') AS model FROM generate_series(1, ${models}) n) named,
       unnest(ARRAY['${planted.feature}', 'tenure', 'region', 'age', 'income'] || ARRAY(
         SELECT 'feature_' || n FROM generate_series(6, 25) n)) WITH ORDINALITY AS f(feature, place),
       LATERAL (SELECT 1.0 / (2 + place) AS level, random() + random() + random() - 1.5 AS noise) drawn;
  ANALYZE ml.importances;`;

export interface FirstRunDatabases {
  readonly sourceUrl: string;
  readonly storeUrl: string;
}

/** @returns the addresses as a reader has them: a read-only role of the source, the owner of the store */
export async function fixtureDatabases(postgres: TestPostgres): Promise<FirstRunDatabases> {
  const source = await postgres.createDatabase("explainability");
  await sql(source.url, table);
  await sql(source.url, fill);
  await sql(
    source.url,
    `GRANT CONNECT ON DATABASE explainability TO readonly; GRANT USAGE ON SCHEMA ml TO readonly;
     GRANT SELECT ON ml.importances TO readonly`,
  );
  const store = await postgres.createDatabase("driftwarden");
  return { sourceUrl: source.readonlyUrl, storeUrl: store.url };
}
