/** The store: Driftwarden's own schema in Postgres. The folders beside this file read and write its tables. */
import { Pool } from "pg";
import type { Logger } from "pino";
import { Admission, type AdmissionOptions } from "./admission.ts";
import { connectionConfig, everydayDeadlines, poolConnections } from "./connection.ts";
import { type Heard, Listener } from "./listener.ts";
import type { StoreMetrics } from "./metrics.ts";
import type { Channel } from "./notify.ts";
import { asStoreError } from "./postgres-error.ts";
import type { Queryable, Tx, Value } from "./query.ts";
import { startUp } from "./startup.ts";
import { rowsOf, runTransaction, type TransactionOptions } from "./transaction.ts";

export interface StoreOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Lower-case letters, digits, `_`. Default `driftwarden`. */
  readonly schema?: string;
  readonly logger: Logger;
  readonly metrics: StoreMetrics;
  /** How long to wait at start for a database that does not answer, ms. */
  readonly startupTimeoutMs: number;
  /** Most connections in the pool, ≥ 2. The listening connection is extra. Default 10. */
  readonly maxConnections?: number;
  /** Whether Postgres refuses every write. The schema is not migrated, so it must be of this version. Default false. */
  readonly readOnly?: boolean;
  /** Called once, when another process has migrated the schema so that it needs a newer program. */
  readonly onRefused?: AdmissionOptions["onRefused"];
}

/** The store is a Queryable too: each of its statements is a transaction of its own. */
export interface Store extends Queryable {
  /**
   * Commits all of `work` or nothing. Conflicts are tried again, so `work` may run more than once. It must change
   * nothing outside the transaction.
   *
   * @throws StoreError DW_STORE_COMMIT_UNKNOWN when the transaction may have committed: read the stored state first;
   *   DW_STORE_UNREACHABLE when it did not commit; DW_STORE_TOO_NEW when the schema needs a newer program by now
   */
  transaction<T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Calls back on each notification, and with an empty payload after each connect. @returns a function that ends it */
  listen(channel: Channel, heard: Heard): () => void;
  /** Bytes on disk of all tables of the schema, with indexes and TOAST. */
  sizeBytes(): Promise<number>;
  /** Waits for running statements. May be called twice. */
  close(): Promise<void>;
}

const sizeSql = `select coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 as bytes
  from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'S')`;

/**
 * Waits for the database, migrates the schema, opens the connections.
 *
 * @throws StoreError DW_STORE_UNREACHABLE after the startup timeout, DW_STORE_REFUSED, DW_STORE_TOO_NEW; with
 *   `readOnly` also DW_STORE_TOO_OLD
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { logger, metrics, schema = "driftwarden" } = options;
  const config = connectionConfig(options.url, schema, options);
  await startUp(config, { ...options, schema });
  const pool = new Pool({
    ...config,
    ...everydayDeadlines,
    max: options.maxConnections ?? poolConnections,
  });
  // Idle connections break when the server restarts. The pool replaces them.
  pool.on("error", (error) => logger.debug({ err: error }, "idle connection to the store lost"));
  const listener = new Listener(config, { ...options, schema });
  const admission = new Admission({ schema, onRefused: options.onRefused });
  const query = async <Row>(sql: string, values?: readonly Value[]): Promise<Row[]> => {
    admission.check();
    try {
      return await rowsOf<Row>(pool, sql, values);
    } catch (error) {
      throw asStoreError(error, "using the store");
    }
  };
  let closed: Promise<void> | undefined;
  return {
    query,
    transaction: (work, how) => runTransaction({ pool, metrics, admission }, work, how),
    listen: (channel, heard) => listener.listen(channel, heard),
    sizeBytes: async () => (await query<{ bytes: number }>(sizeSql))[0]?.bytes ?? 0,
    close: () => (closed ??= Promise.all([listener.close(), pool.end()]).then(() => undefined)),
  };
}
