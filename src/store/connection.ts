/** Makes connections to the store, all with the same search_path, deadlines and types. */
import { type ClientConfig, types } from "pg";
import { withStartOptions } from "../postgres-address.ts";
import { StoreError } from "./errors.ts";

/** The schema's name is part of start-up options and of channel names. Postgres limits channel names to 63 bytes. */
const plainName = /^[a-z_][a-z0-9_]{0,49}$/;

const int8: number = types.builtins.INT8;

/** Offsets, epochs and numbers stay far below 2^53. */
function getTypeParser(oid: number, format?: "text" | "binary"): unknown {
  if (oid === int8 && format !== "binary") return Number;
  return format === "binary" ? types.getTypeParser(oid, format) : types.getTypeParser(oid);
}

/**
 * @param url `postgres://…`
 * @param schema at most 50 lower-case letters, digits and `_`
 * @param how `readOnly`: Postgres refuses every write of the connection
 * @throws StoreError DW_STORE_REFUSED when the schema has another kind of name
 */
export function connectionConfig(
  url: string,
  schema: string,
  { readOnly = false }: { readonly readOnly?: boolean } = {},
): ClientConfig {
  if (!plainName.test(schema)) {
    throw new StoreError("DW_STORE_REFUSED", `schema name ${JSON.stringify(schema)} is not plain`, {
      hint: "Set store.schema to at most 50 lower-case letters, digits and underscores, for example driftwarden.",
    });
  }
  return {
    connectionString: withStartOptions(url, [
      `-c search_path=${schema}`,
      ...(readOnly ? ["-c default_transaction_read_only=on"] : []),
    ]),
    application_name: "driftwarden",
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser: getTypeParser as typeof types.getTypeParser },
  };
}

/** Most connections in the pool of a process. */
export const poolConnections = 10;

/** What a process needs at most: its pool, the connection that listens, and one for a check. */
export const connectionsNeeded = poolConnections + 2;

/** Deadlines of the pooled connections. The last one limits how long a paused process holds its row locks. */
export const everydayDeadlines = {
  statement_timeout: 25_000,
  query_timeout: 30_000,
  lock_timeout: 20_000,
  idle_in_transaction_session_timeout: 5_000,
} as const;
