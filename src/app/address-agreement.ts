/** Notices that two processes on one store read a source of the same name at different addresses. */
import type { Logger } from "pino";
import { databaseUrl } from "../config/database.ts";
import type { Config } from "../config/schema.ts";
import { settingsHash } from "../detection/event-id.ts";
import {
  announceAddresses,
  type SourceAddress,
  withdrawAddresses,
} from "../store/settings/source-addresses.ts";
import type { Store } from "../store/store.ts";

export interface AddressAgreementOptions {
  readonly store: Pick<Store, "transaction" | "query">;
  readonly owner: string;
  /** Read at each look, because a file may hold the address. */
  readonly addresses: () => readonly SourceAddress[];
  readonly logger: Logger;
  /** A process without a sign of life for this long counts as dead. Default: 30 s. */
  readonly ttlMs?: number;
}

const hint =
  "If both addresses lead to the same database, nothing is wrong. Otherwise give all processes of a store the same address.";

/** Call `look` regularly. */
export class AddressAgreement {
  readonly #options: AddressAgreementOptions;
  #known: ReadonlySet<string> = new Set();

  constructor(options: AddressAgreementOptions) {
    this.#options = options;
  }

  /** Logs once for each source and process that differ. Never rejects. */
  async look(): Promise<void> {
    const { store, owner, addresses, logger, ttlMs = 30_000 } = this.#options;
    try {
      const mine = { owner, addresses: addresses() };
      const others = await store.transaction((tx) => announceAddresses(tx, mine, ttlMs));
      for (const { source, owner: other } of others) {
        if (this.#known.has(`${source} ${other}`)) continue;
        logger.warn(
          { source, other, hint },
          "another process reads this source at another address",
        );
      }
      this.#known = new Set(others.map((one) => `${one.source} ${one.owner}`));
    } catch {
      // The store is unavailable, or a file with an address. Their own parts of the readiness say so.
    }
  }

  async leave(): Promise<void> {
    await withdrawAddresses(this.#options.store, this.#options.owner).catch(() => undefined);
  }
}

/** Where each source is: host, port and database, without login and options. @throws ConfigError DW_CONFIG_SECRET */
export function addressesOf({ sources }: Pick<Config, "sources">): readonly SourceAddress[] {
  return Object.entries(sources).map(([source, database]) => {
    const url = new URL(databaseUrl(database));
    const host = url.hostname || (url.searchParams.get("host") ?? "");
    const port = url.port || (url.searchParams.get("port") ?? "5432");
    return { source, hash: settingsHash([host, port, url.pathname]) };
  });
}
