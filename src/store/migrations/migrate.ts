/** Brings the schema to this program's version: expand first, contract a release later. */
import type { Logger } from "pino";
import { StoreError } from "../errors.ts";
import type { Tx } from "../query.ts";
import { accountNames } from "./account-names.ts";
import { answers } from "./answers.ts";
import { commandRoles } from "./command-roles.ts";
import { commands } from "./commands.ts";
import { decidingHash } from "./deciding-hash.ts";
import { freezes } from "./freezes.ts";
import { initial } from "./initial.ts";
import { members } from "./members.ts";
import { modelTeams } from "./model-teams.ts";
import { outboxFailures } from "./outbox-failures.ts";
import { partitionRows } from "./partition-rows.ts";
import { plannedFreezes } from "./planned-freezes.ts";
import { presence } from "./presence.ts";
import { processSettings } from "./process-settings.ts";
import { retention } from "./retention.ts";
import { retries } from "./retries.ts";
import { runDecisions } from "./run-decisions.ts";
import { runReplicas } from "./run-replicas.ts";
import { seals } from "./seals.ts";
import { services } from "./services.ts";
import { silences } from "./silences.ts";
import { streamPartitions } from "./stream-partitions.ts";
import { subject } from "./subject.ts";

export interface Migration {
  readonly sql: string;
  /**
   * The oldest version that a program must know to run on this schema. An expansion keeps the number of the migration
   * before it. A contraction raises the number.
   */
  readonly minVersion: number;
}

/** In order. The version of a migration is its position, counting from 1. A released migration is never edited. */
export const migrations: readonly Migration[] = [
  { sql: initial, minVersion: 1 },
  { sql: retention, minVersion: 1 },
  { sql: presence, minVersion: 1 },
  { sql: subject, minVersion: 1 },
  { sql: retries, minVersion: 1 },
  { sql: partitionRows, minVersion: 1 },
  { sql: seals, minVersion: 1 },
  { sql: members, minVersion: 8 },
  { sql: commands, minVersion: 8 },
  { sql: processSettings, minVersion: 8 },
  { sql: answers, minVersion: 8 },
  { sql: silences, minVersion: 8 },
  { sql: commandRoles, minVersion: 8 },
  { sql: accountNames, minVersion: 8 },
  { sql: runDecisions, minVersion: 8 },
  // A program without freezes would carry out runs that a person froze.
  { sql: freezes, minVersion: 16 },
  { sql: modelTeams, minVersion: 16 },
  { sql: plannedFreezes, minVersion: 16 },
  { sql: outboxFailures, minVersion: 16 },
  { sql: streamPartitions, minVersion: 16 },
  { sql: runReplicas, minVersion: 16 },
  { sql: decidingHash, minVersion: 16 },
  // A program without services would decide nothing about an incident that a probe opened.
  { sql: services, minVersion: 23 },
];

const lockSql = "select pg_advisory_xact_lock(hashtextextended('driftwarden schema ' || $1, 0))";
const schemaExistsSql = "select 1 from pg_namespace where nspname = $1";
const metaExistsSql = "select 1 from pg_tables where schemaname = $1 and tablename = 'meta'";
const createMetaSql = `create table meta (
  one boolean primary key default true check (one),
  version int not null,
  min_version int not null
)`;
const readMetaSql = 'select version, min_version as "minVersion" from meta';
const writeMetaSql = `insert into meta (version, min_version) values ($1, $2)
  on conflict (one) do update set version = excluded.version, min_version = excluded.min_version`;

/** What the schema says of itself. */
export interface SchemaVersions {
  readonly version: number;
  readonly minVersion: number;
}

/**
 * Runs all missing migrations or none. Several processes may call it at once. One of them migrates, and the others
 * wait.
 *
 * A newer schema stays unchanged if it admits this program.
 *
 * @throws StoreError DW_STORE_TOO_NEW when a newer schema does not admit this program; nothing is changed then
 */
export async function migrate(
  tx: Tx,
  {
    schema,
    logger,
    all = migrations,
  }: {
    readonly schema: string;
    readonly logger: Logger;
    readonly all?: readonly Migration[];
  },
): Promise<void> {
  await tx.query(lockSql, [schema]);
  const meta = await readMeta(tx, schema);
  if (meta.minVersion > all.length) throw tooNew(schema, meta, all.length);
  if (meta.version >= all.length) return;
  await prepare(tx, schema, meta);
  for (const { sql } of all.slice(meta.version)) await tx.query(sql);
  await tx.query(writeMetaSql, [all.length, all.at(-1)?.minVersion ?? all.length]);
  logger.info({ schema, from: meta.version, to: all.length }, "store schema migrated");
}

/** @throws StoreError DW_STORE_TOO_OLD where a migration is missing; DW_STORE_TOO_NEW as {@link migrate} */
export async function requireMigrated(
  tx: Tx,
  { schema }: { readonly schema: string },
): Promise<void> {
  const meta = await readMeta(tx, schema);
  if (meta.minVersion > migrations.length) throw tooNew(schema, meta, migrations.length);
  if (meta.version < migrations.length) throw tooOld(schema, meta.version);
}

function tooOld(schema: string, version: number): StoreError {
  if (version === 0)
    return new StoreError("DW_STORE_TOO_OLD", `the store has no schema ${schema} yet`, {
      hint: "The daemon makes it at its first start: systemctl start driftwarden. If the daemon runs already, this configuration names another store: compare store.url and store.schema with those of the daemon.",
    });
  const known = migrations.length;
  return new StoreError(
    "DW_STORE_TOO_OLD",
    `schema ${schema} is at version ${version}, and this program reads version ${known}`,
    {
      hint: "Only the daemon migrates the schema. Finish the upgrade, then restart it: systemctl restart driftwarden.",
    },
  );
}

async function readMeta(tx: Tx, schema: string): Promise<SchemaVersions> {
  const found = await tx.query(metaExistsSql, [schema]);
  const rows = found.length === 0 ? [] : await tx.query<SchemaVersions>(readMetaSql);
  return rows[0] ?? { version: 0, minVersion: 0 };
}

async function prepare(tx: Tx, schema: string, meta: SchemaVersions): Promise<void> {
  if (meta.version > 0) return;
  // `create schema if not exists` asks for the right to create one even where it exists.
  const exists = await tx.query(schemaExistsSql, [schema]);
  if (exists.length === 0) await tx.query(`create schema "${schema}"`);
  await tx.query(createMetaSql);
}

export function tooNew(schema: string, meta: SchemaVersions, version: number): StoreError {
  return new StoreError(
    "DW_STORE_TOO_NEW",
    `schema ${schema} is at version ${meta.version} and admits programs from version ${meta.minVersion} on; this one knows ${version}`,
    {
      hint: "Install the newer Driftwarden again, or restore the store from a backup made before its upgrade.",
    },
  );
}
