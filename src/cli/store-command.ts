/**
 * Runs a command on the store: opens it as configured, and closes it whatever happens. A command that only reads must
 * not migrate the schema: a running daemon of an older version would be refused then.
 */
import type { Logger } from "pino";
import type { Remediations } from "../config/fixes.ts";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import type { Store } from "../store/store.ts";
import { createLogger } from "../telemetry/logger.ts";
import type { Cli } from "./cli.ts";

export interface StoreCommandParts {
  readonly cli: Cli;
  readonly remediations: Remediations;
  readonly openStore: (config: Config, logger: Logger, use: StoreUse) => Promise<OpenedStore>;
}

/** `read`: Postgres refuses every write, and the schema stays as it is. */
export type StoreUse = "read" | "write";

type Work = (store: Store, config: Config) => Promise<void>;

interface OpenedStore {
  readonly store: Store;
  close(): Promise<void>;
}

/** @param file of the configuration */
export function withStore(file: string, parts: StoreCommandParts, work: Work): Promise<void> {
  return usingStore(file, { ...parts, use: "write" }, work);
}

/** As {@link withStore}, for work that only reads. @throws StoreError DW_STORE_TOO_OLD */
export function readingStore(file: string, parts: StoreCommandParts, work: Work): Promise<void> {
  return usingStore(file, { ...parts, use: "read" }, work);
}

async function usingStore(
  file: string,
  { remediations, openStore, use }: StoreCommandParts & { readonly use: StoreUse },
  work: Work,
): Promise<void> {
  const config = loadConfig(file, remediations);
  const opened = await openStore(config, createLogger({ level: "warn" }), use);
  try {
    await work(opened.store, config);
  } finally {
    await opened.close();
  }
}
