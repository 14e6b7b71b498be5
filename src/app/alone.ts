/** Opens only the store, or only the stream, for commands that read or add something. */
import type { Logger } from "pino";
import type { Config } from "../config/schema.ts";
import type { ModelName } from "../model-key.ts";
import { knownModels } from "../store/states/known-models.ts";
import type { Store } from "../store/store.ts";
import { withParts } from "./parts.ts";
import { buildStore, storeToRead } from "./store.ts";
import { buildStream, type Stream } from "./stream.ts";

export interface StreamOnly {
  readonly stream: Stream;
  /** Names of the models of a source that are known so far. */
  models(source: Omit<ModelName, "model">): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface StoreOnly {
  readonly store: Store;
  close(): Promise<void>;
}

/** For commands that put a record into the stream. */
export function openStreamOnly(config: Config, logger: Logger): Promise<StreamOnly> {
  return withParts({ config, logger }, async (parts) => {
    const stored = await buildStore(parts);
    const stream = await buildStream(stored);
    const models = (source: Omit<ModelName, "model">) => knownModels(stored.store, source);
    return { stream, models, close: () => parts.lifecycle.stop() };
  });
}

/** For commands that look into the store, or change something in it. */
export function openStoreOnly(
  config: Config,
  logger: Logger,
  use: "read" | "write",
): Promise<StoreOnly> {
  return withParts({ config, logger }, async (parts) => {
    const store = use === "read" ? await storeToRead(parts) : (await buildStore(parts)).store;
    return { store, close: () => parts.lifecycle.stop() };
  });
}
