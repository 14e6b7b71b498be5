/** Stores for one test file, each in a schema of its own of one real Postgres. */
import { pino } from "pino";
import { Registry } from "prom-client";
import { afterAll, beforeAll } from "vitest";
import { storeMetrics } from "../../src/store/metrics.ts";
import { openStore, type Store, type StoreOptions } from "../../src/store/store.ts";
import { patienceMs } from "./eventually.ts";
import { startTestPostgres, type TestPostgres } from "./postgres.ts";

export interface TestStores {
  readonly postgres: TestPostgres;
  readonly url: string;
  /** A new, empty store; the same one again for a schema that was named before. */
  open(options?: Partial<StoreOptions>): Promise<Store>;
  stop(): Promise<void>;
}

export const silent = pino({ level: "silent" });

export async function startTestStores(): Promise<TestStores> {
  const postgres = await startTestPostgres();
  const { url } = await postgres.createDatabase("store");
  const opened: Store[] = [];
  return {
    postgres,
    url,
    open: async (options = {}) => {
      const store = await openStore({
        url,
        schema: `store_${opened.length}`,
        logger: silent,
        metrics: storeMetrics(new Registry()),
        startupTimeoutMs: patienceMs,
        ...options,
      });
      opened.push(store);
      return store;
    },
    stop: async () => {
      await Promise.all(opened.map((store) => store.close()));
      await postgres.stop();
    },
  };
}

/** Stores for the tests of this file: their Postgres starts before them, and all stop after them. */
export function withStore(): Omit<TestStores, "stop"> {
  let stores: TestStores;
  beforeAll(async () => {
    stores = await startTestStores();
  });
  afterAll(() => stores.stop());
  return {
    get postgres() {
      return stores.postgres;
    },
    get url() {
      return stores.url;
    },
    open: (options) => stores.open(options),
  };
}
