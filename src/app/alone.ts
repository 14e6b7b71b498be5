/** Opens only the store, or only the stream, for commands that read or add something. */
import type { Logger } from "pino";
import type { Config } from "../config/schema.ts";
import type { Store } from "../store/store.ts";
import { withParts } from "./parts.ts";
import { buildStore } from "./store.ts";
import { buildStream, type Stream } from "./stream.ts";

export interface StreamOnly {
  readonly stream: Stream;
  close(): Promise<void>;
}

export interface StoreOnly {
  readonly store: Store;
  close(): Promise<void>;
}

/** For commands that put a record into the stream. */
export function openStreamOnly(config: Config, logger: Logger): Promise<StreamOnly> {
  return withParts({ config, logger }, async (parts) => {
    const stream = await buildStream(await buildStore(parts));
    return { stream, close: () => parts.lifecycle.stop() };
  });
}

/** For commands that look into the store. */
export function openStoreOnly(config: Config, logger: Logger): Promise<StoreOnly> {
  return withParts({ config, logger }, async (parts) => {
    const { store } = await buildStore(parts);
    return { store, close: () => parts.lifecycle.stop() };
  });
}
