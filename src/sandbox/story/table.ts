/** OpenClaw's table in a Postgres of the demo's own, and how the story's rows get into it. */
import { Client } from "pg";
import type { StoryRow } from "./rows.ts";

const createRole = `CREATE ROLE readonly LOGIN;
GRANT USAGE ON SCHEMA public TO readonly`;

const createTable = (table: string): string => `CREATE TABLE ${table} (
  "timestamp" timestamptz NOT NULL, model text NOT NULL, feature_name text NOT NULL, importance double precision);
CREATE INDEX ON ${table} ("timestamp");
GRANT SELECT ON ${table} TO readonly`;

const insertRows = (
  table: string,
): string => `INSERT INTO ${table} ("timestamp", model, feature_name, importance)
SELECT to_timestamp(at / 1000), model, feature, importance
FROM unnest($1::float8[], $2::text[], $3::text[], $4::float8[]) AS given(at, model, feature, importance)`;

export interface StoryTable {
  insert(rows: readonly StoryRow[]): Promise<void>;
  close(): Promise<void>;
}

const defaultTable = "explainability_metrics";

/**
 * @param url an empty database, as its owner
 * @param tables their names; each row goes into the one that `tableOf` says
 */
export async function createStoryTable(
  url: string,
  tables: readonly string[] = [defaultTable],
  tableOf: (model: string) => string = () => defaultTable,
): Promise<StoryTable> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query([createRole, ...tables.map(createTable)].join(";\n"));
  const insert = async (table: string, rows: readonly StoryRow[]): Promise<void> => {
    await client.query(insertRows(table), [
      rows.map((row) => row.atMs),
      rows.map((row) => row.model),
      rows.map((row) => row.feature),
      rows.map((row) => row.importance),
    ]);
  };
  return {
    insert: async (rows) => {
      for (const table of tables)
        await insert(
          table,
          rows.filter(({ model }) => tableOf(model) === table),
        );
    },
    close: () => client.end(),
  };
}

/** Makes databases on a fresh server and gives their addresses. */
export async function createDatabases(
  serverUrl: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const client = new Client({ connectionString: serverUrl });
  await client.connect();
  try {
    for (const name of names)
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  return names.map((name) => {
    const url = new URL(serverUrl);
    url.pathname = `/${name}`;
    return url.href;
  });
}
