/** What every builder receives. If a builder fails, the parts that have started are stopped again. */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Logger } from "pino";
import { type Clock, systemClock } from "../clock.ts";
import type { Config } from "../config/schema.ts";
import { Rounds } from "../rounds.ts";
import type { StoreMetrics } from "../store/metrics.ts";
import type { Store } from "../store/store.ts";
import { createHealth, type HealthRegistry } from "../telemetry/health.ts";
import { createRegistry, type Registry } from "../telemetry/registry.ts";
import { version } from "../version.ts";
import { createLifecycle, type Lifecycle } from "./lifecycle.ts";

export interface Parts {
  readonly config: Config;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly health: HealthRegistry;
  readonly lifecycle: Lifecycle;
  /** The loops of the pipeline, for the watchdog. */
  readonly rounds: Rounds;
  /** Unique per process and start. */
  readonly owner: string;
  /** Ends the process with the error: going on could do harm. Default: nobody is told. */
  readonly onFatal?: ((error: Error) => void) | undefined;
}

/** What builders receive once the store is open. */
export interface StoredParts extends Parts {
  /** The clock of all times that people see, and of waits. The demo has its own. */
  readonly clock: Clock;
  readonly store: Store;
  readonly storeMetrics: StoreMetrics;
}

/** Below the unit's TimeoutStopSec. */
const stopDeadlineMs = 25_000;

/** Calls `build` with new parts. If it fails, the parts that have started are stopped again. */
export async function withParts<Started>(
  given: Pick<Parts, "config" | "logger" | "onFatal">,
  build: (parts: Parts) => Promise<Started>,
): Promise<Started> {
  const { logger } = given;
  const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs });
  const owner = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const registry = createRegistry(version);
  const health = createHealth();
  const rounds = new Rounds();
  try {
    return await build({ ...given, registry, health, lifecycle, owner, rounds });
  } catch (error) {
    await lifecycle.stop().catch((err: unknown) => logger.error({ err }, "stopping failed"));
    throw error;
  }
}
