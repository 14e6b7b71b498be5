/** Reads the store and writes nothing to it: no migration, no heartbeat. */
import { Client } from "pg";
import { connectionConfig } from "./connection.ts";
import { asStoreError } from "./postgres-error.ts";
import type { Tx } from "./query.ts";
import { txOf } from "./transaction.ts";

const patienceMs = 8_000;

interface StoreAddress {
  readonly url: string;
  readonly schema: string;
}

/**
 * Runs `read` in a read-only transaction, in which Postgres refuses every write.
 *
 * @throws StoreError when the store cannot be reached; what `read` throws
 */
export async function readStore<T>(
  { url, schema }: StoreAddress,
  read: (tx: Tx) => Promise<T>,
): Promise<T> {
  const client = new Client({
    ...connectionConfig(url, schema),
    query_timeout: patienceMs,
    statement_timeout: patienceMs,
  });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("begin transaction isolation level repeatable read read only");
    return await read(txOf(client));
  } catch (error) {
    throw asStoreError(error, "connecting to the store");
  } finally {
    await client.end().catch(() => undefined);
  }
}
