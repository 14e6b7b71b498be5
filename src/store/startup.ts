/** Prepares the store at start: waits in real time for a database that is not up yet, then migrates its schema. */
import { Client, type ClientConfig } from "pg";
import type { Logger } from "pino";
import { systemClock as clock } from "../clock.ts";
import { StoreError } from "./errors.ts";
import { migrate, requireMigrated } from "./migrations/migrate.ts";
import { asStoreError } from "./postgres-error.ts";
import { txOf } from "./transaction.ts";

export interface StartupOptions {
  readonly schema: string;
  readonly logger: Logger;
  /** How long to wait for a database that does not answer, ms. */
  readonly startupTimeoutMs: number;
  /** Whether the schema stays as it is. Then it must be of this version. Default false. */
  readonly readOnly?: boolean;
}

const firstWaitMs = 100;
const longestWaitMs = 2_000;

/**
 * @throws StoreError DW_STORE_UNREACHABLE (retryable) after the startup timeout. Other codes, such as DW_STORE_REFUSED
 *   DW_STORE_TOO_NEW and DW_STORE_TOO_OLD, are thrown at once.
 */
export async function startUp(config: ClientConfig, options: StartupOptions): Promise<void> {
  const { logger, startupTimeoutMs } = options;
  const deadline = clock.now() + startupTimeoutMs;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    try {
      await migrateOnce(config, options);
      return;
    } catch (cause) {
      const error = asStoreError(cause, "opening the store");
      const mayWait = error instanceof StoreError && error.retryable;
      if (!mayWait || clock.now() + waitMs > deadline) throw error;
      if (waitMs === firstWaitMs) logger.warn({ err: error }, "waiting for the store");
    }
    await clock.sleep(waitMs);
  }
}

/** Uses its own connection without the everyday deadlines: a migration may take long, or wait for another one. */
async function migrateOnce(config: ClientConfig, options: StartupOptions): Promise<void> {
  const client = new Client(config);
  // Without a listener a connection that breaks between two statements would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("begin");
    const prepare = options.readOnly === true ? requireMigrated : migrate;
    await prepare(txOf(client), options);
    await client.query("commit");
  } finally {
    await client.end().catch(() => undefined);
  }
}
