/** A real Postgres for one test file: start it in `beforeAll`, stop it in `afterAll`. */
import { readFile } from "node:fs/promises";
import { Client } from "pg";
import { type EmbeddedPostgres, startPostgres } from "../../src/sandbox/postgres.ts";
import { keptFolder } from "./kept.ts";

export interface TestDatabase {
  /** As the owner `app`. */
  readonly url: string;
  /** As `readonly`, with the rights of docs/how-to/grants.md and no others; useful in a source database. */
  readonly readonlyUrl: string;
}

export interface TestPostgres {
  readonly server: EmbeddedPostgres;
  /** An empty database, for a store. */
  createDatabase(name: string): Promise<TestDatabase>;
  /** A database with OpenClaw's table, or what `ddl` makes instead, and the documented rights on it. */
  createSource(name: string, ddl?: string): Promise<TestDatabase>;
  stop(): Promise<void>;
}

const openClawTable = `CREATE TABLE explainability_metrics (
  "timestamp" timestamptz, feature_name text, importance double precision);
  CREATE INDEX ON explainability_metrics ("timestamp")`;

/** Runs statements on a connection of their own; the rows are those of the last one. */
export async function sql(url: string, text: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  // A server that ends meanwhile fails the query, which is enough.
  client.on("error", () => undefined);
  await client.connect();
  try {
    const results = [await client.query(text)].flat();
    return results.at(-1)?.rows ?? [];
  } finally {
    await client.end();
  }
}

async function documentedGrants(): Promise<string> {
  const page = await readFile(new URL("../../docs/how-to/grants.md", import.meta.url), "utf8");
  const block = /```sql\n(GRANT CONNECT[\s\S]*?)```/.exec(page)?.[1];
  if (block === undefined) throw new Error("docs/how-to/grants.md has no block of GRANTs");
  return block;
}

const createRole = `DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'readonly') THEN CREATE ROLE readonly LOGIN; END IF;
END $$`;

/** Each store of a file keeps up to ten connections for a while, and 100 in all were too few for twenty stores. */
export const settingsOfTests = { fsync: "off", max_connections: "400" };

/**
 * @param settings server settings beside those of every test, for example `{ max_prepared_transactions: "5" }`
 * @param place another folder for the data than a temporary one, or one that DRIFTWARDEN_KEEP keeps
 */
export async function startTestPostgres(
  settings: Readonly<Record<string, string>> = {},
  place?: { readonly dataDir?: string },
): Promise<TestPostgres> {
  const server = await startPostgres({
    ...(place ?? (await keptFolder("postgres"))),
    settings: { ...settingsOfTests, ...settings },
  });
  const createDatabase = async (name: string): Promise<TestDatabase> => {
    await sql(server.url, createRole);
    await sql(server.url, `CREATE DATABASE "${name}"`);
    const host = `127.0.0.1:${server.port}`;
    return {
      url: `postgres://app@${host}/${name}`,
      readonlyUrl: `postgres://readonly@${host}/${name}`,
    };
  };
  return {
    server,
    createDatabase,
    createSource: async (name, ddl = openClawTable) => {
      const database = await createDatabase(name);
      await sql(database.url, ddl);
      const grants = (await documentedGrants()).replaceAll(
        "DATABASE explainability",
        `DATABASE "${name}"`,
      );
      await sql(database.url, grants);
      return database;
    },
    stop: () => server.stop(),
  };
}
