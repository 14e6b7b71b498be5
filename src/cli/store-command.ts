/** Runs a command on the store: opens it as configured, and closes it whatever happens. */
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
  readonly openStore: (config: Config, logger: Logger) => Promise<OpenedStore>;
}

interface OpenedStore {
  readonly store: Store;
  close(): Promise<void>;
}

/** @param file of the configuration */
export async function withStore(
  file: string,
  { remediations, openStore }: StoreCommandParts,
  work: (store: Store, config: Config) => Promise<void>,
): Promise<void> {
  const config = loadConfig(file, remediations);
  const opened = await openStore(config, createLogger({ level: "warn" }));
  try {
    await work(opened.store, config);
  } finally {
    await opened.close();
  }
}
