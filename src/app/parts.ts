/** What every piece of wiring is given. */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/schema.ts";
import type { Store } from "../store/store.ts";
import type { HealthRegistry } from "../telemetry/health.ts";
import type { Registry } from "../telemetry/registry.ts";
import type { Lifecycle } from "./lifecycle.ts";

export interface Parts {
  readonly config: Config;
  /** Stamps and waits of everything people see; the demo bends it. */
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly health: HealthRegistry;
  readonly lifecycle: Lifecycle;
  /** Unique per process and start. */
  readonly owner: string;
}

export interface StoredParts extends Parts {
  readonly store: Store;
}
