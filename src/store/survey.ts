/**
 * Checks the store for `check` and for the daemon's probes: connects and reads the rights of the role. It writes
 * nothing.
 */
import { Client } from "pg";
import { type CheckFinding, failed, fine, wrong } from "../finding.ts";
import { connectionConfig } from "./connection.ts";
import { StoreError } from "./errors.ts";
import { migrations } from "./migrations/migrate.ts";
import { asStoreError } from "./postgres-error.ts";

export interface StoreSurvey {
  readonly url: string;
  readonly schema: string;
  /** The log in the store and its configured number of partitions; undefined when the log is not in the store. */
  readonly log?: { readonly name: string; readonly partitions: number } | undefined;
}

interface Rights {
  readonly database: string;
  readonly role: string;
  readonly version: string;
  readonly read_only: boolean;
  readonly exists: boolean;
  readonly may_create: boolean;
  readonly may_use: boolean;
  readonly unwritable: string | null;
}

const rightsSql = `
  SELECT current_database() AS database, current_user AS role,
         split_part(current_setting('server_version'), ' ', 1) AS version,
         pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS read_only,
         n.oid IS NOT NULL AS exists,
         has_database_privilege(current_database(), 'CREATE') AS may_create,
         coalesce(has_schema_privilege(n.oid, 'USAGE') AND has_schema_privilege(n.oid, 'CREATE'), false) AS may_use,
         (SELECT min(c.relname) FROM pg_class c WHERE c.relnamespace = n.oid AND c.relkind = 'r'
            AND NOT (has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
                     AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE'))) AS unwritable
  FROM (SELECT $1::name AS wanted) w LEFT JOIN pg_namespace n ON n.nspname = w.wanted`;
const hasTableSql = "SELECT to_regclass($1) IS NOT NULL AS there";
const answerTimeoutMs = 10_000;

/** @returns at least one finding; never throws */
export async function surveyStore(survey: StoreSurvey): Promise<readonly CheckFinding[]> {
  let client: Client | undefined;
  try {
    const config = connectionConfig(survey.url, survey.schema);
    client = new Client({ ...config, query_timeout: answerTimeoutMs });
    client.on("error", () => undefined);
    await client.connect();
    return await look(client, survey);
  } catch (error) {
    return [failed("connection", asStoreError(error, "connecting to the store"), "store")];
  } finally {
    await client?.end().catch(() => undefined);
  }
}

async function look(client: Client, survey: StoreSurvey): Promise<readonly CheckFinding[]> {
  const { schema } = survey;
  const { rows } = await client.query<Rights>(rightsSql, [schema]);
  const [rights] = rows;
  if (rights === undefined) throw new Error("Postgres answered no row");
  const refusal = refusalOf(rights, schema);
  if (refusal !== undefined) return [failed("rights", refusal, "store")];
  const version = rights.exists ? await schemaVersion(client, schema) : undefined;
  const where = `${client.host}/${rights.database}, Postgres ${rights.version}`;
  const tooNew = version && version.min_version > migrations.length;
  if (tooNew) return [failed("schema", newer(schema, version.version), "store")];
  const state =
    version === undefined
      ? `schema ${schema} is made at the first start`
      : `schema ${version.version}`;
  return [fine("rights", `${where}, ${state}, may write`), ...(await logFindings(client, survey))];
}

function refusalOf(rights: Rights, schema: string): StoreError | undefined {
  const { database, role, exists, unwritable } = rights;
  if (rights.read_only) {
    return new StoreError("DW_STORE_READ_ONLY", `${database} admits no writing`, {
      hint: "Name the primary server in the address of store: this one is a standby, or read-only by its settings.",
    });
  }
  if (!exists && !rights.may_create) {
    return new StoreError(
      "DW_STORE_REFUSED",
      `"${role}" may not make the schema ${schema} in ${database}`,
      {
        hint: `Run as the database's owner: CREATE SCHEMA "${schema}" AUTHORIZATION "${role}";`,
      },
    );
  }
  if (exists && !rights.may_use) {
    return new StoreError(
      "DW_STORE_REFUSED",
      `"${role}" may not use the schema ${schema} of ${database}`,
      {
        hint: `Run as the schema's owner: GRANT USAGE, CREATE ON SCHEMA "${schema}" TO "${role}";`,
      },
    );
  }
  if (unwritable === null) return undefined;
  return new StoreError(
    "DW_STORE_REFUSED",
    `"${role}" may not write the table ${schema}.${unwritable}`,
    {
      hint: `Run as the tables' owner: GRANT ALL ON ALL TABLES IN SCHEMA "${schema}" TO "${role}";`,
    },
  );
}

const newer = (schema: string, version: number): StoreError =>
  new StoreError(
    "DW_STORE_TOO_NEW",
    `schema ${schema} is at version ${version}, and this program knows ${migrations.length}`,
    {
      hint: "Install the newer Driftwarden again, or restore the store from a backup made before its upgrade.",
    },
  );

interface SchemaVersion {
  readonly version: number;
  readonly min_version: number;
}

async function schemaVersion(client: Client, schema: string): Promise<SchemaVersion | undefined> {
  if (!(await hasTable(client, `${schema}.meta`))) return undefined;
  const { rows } = await client.query<SchemaVersion>("SELECT version, min_version FROM meta");
  return rows[0];
}

async function hasTable(client: Client, name: string): Promise<boolean> {
  const { rows } = await client.query<{ there: boolean }>(hasTableSql, [name]);
  return rows[0]?.there === true;
}

/** The number of partitions is fixed when the log is created. */
async function logFindings(
  client: Client,
  { log, schema }: StoreSurvey,
): Promise<readonly CheckFinding[]> {
  if (log === undefined || !(await hasTable(client, `${schema}.logs`))) return [];
  const { rows } = await client.query<{ partitions: number }>(
    "SELECT partitions FROM logs WHERE name = $1",
    [log.name],
  );
  const stored = rows[0]?.partitions ?? log.partitions;
  if (stored === log.partitions) return [];
  return [
    wrong("partitions", {
      code: "DW_STREAM_PARTITIONS",
      message: `the log has ${stored} partitions, the configuration says ${log.partitions}`,
      hint: `Set stream.partitions to ${stored}, or give the store a new schema.`,
      key: "stream.partitions",
    }),
  ];
}
