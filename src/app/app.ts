/** The composition root: from a configuration to running parts. The only importer of both registries. */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Logger } from "pino";
import { detectorTypes } from "../../detectors/index.ts";
import type { Engine } from "../../remediations/docker/engine.ts";
import { remediationTypes } from "../../remediations/index.ts";
import { type Clock, systemClock } from "../clock.ts";
import type { Config } from "../config/schema.ts";
import type { EngineSettings } from "../detection/settings.ts";
import type { DetectionWorker } from "../detection/worker.ts";
import { startHttp } from "../http/server.ts";
import type { Store } from "../store/store.ts";
import { createHealth } from "../telemetry/health.ts";
import { createRegistry } from "../telemetry/registry.ts";
import { version } from "../version.ts";
import { engineSettings, wireDetection } from "./detection.ts";
import { wireFixes } from "./fixes.ts";
import { buildExecutors, recordOptions, startOutbox } from "./incidents.ts";
import { createLifecycle } from "./lifecycle.ts";
import type { Parts, StoredParts } from "./parts.ts";
import { apiRoutes } from "./routes.ts";
import { wireSources } from "./sources.ts";
import { wireStore } from "./store.ts";
import { type Stream, wireStream } from "./stream.ts";

/** What there is to choose from, for those who must not import the registries themselves. */
export const registries = {
  detectors: detectorTypes,
  remediations: remediationTypes,
} as const;

/** Detection as a configuration has it. */
export function configuredEngine(config: Config): EngineSettings {
  return engineSettings(config, detectorTypes);
}

export interface AppOptions {
  readonly logger: Logger;
  /** Default: the store's. */
  readonly clock?: Clock;
  /** Acts instead of the configured Docker socket. */
  readonly engine?: Engine;
}

export interface App {
  /** Where it listens. */
  readonly url: string;
  readonly stream: Stream;
  /** Sources first, metrics last, within one deadline. */
  stop(): Promise<void>;
}

/** Below the unit's TimeoutStopSec. */
const stopDeadlineMs = 25_000;

/**
 * Starts everything the configuration asks for.
 *
 * @throws DriftwardenError when a part cannot start; what had started is stopped again
 */
export function startApp(config: Config, options: AppOptions): Promise<App> {
  return withParts({ config, clock: systemClock, ...options }, (parts) => start(parts, options));
}

async function start(parts: Parts, asked: Pick<AppOptions, "clock" | "engine">): Promise<App> {
  const { config, health, lifecycle, logger, registry } = parts;
  let store: Store | undefined;
  let worker: DetectionWorker | undefined;
  const started = health.register("start", () => ({
    ok: false,
    reason: "not all parts have started",
  }));
  // First, so that health can be asked for while the rest starts, and stopped last.
  const http = await startHttp({
    listen: config.http.listen,
    registry,
    health,
    routes: apiRoutes({ store: () => store, worker: () => worker }),
    logger: logger.child({ component: "http" }),
  });
  lifecycle.onStop("http", () => http.close());
  const wired = await wireStore(parts, asked.clock);
  store = wired.store;
  const presence = await wired.startHousekeeping();
  const stored: StoredParts = { ...parts, store, clock: wired.clock };
  const stream = await wireStream(stored);
  const fixes = wireFixes(stored, remediationTypes, asked.engine);
  const executors = buildExecutors(stored, {
    stream,
    fixes,
    restoredAtMs: () => presence.restoredAtMs,
  });
  const recording = recordOptions(stored, fixes, executors);
  startOutbox(stored, executors, recording);
  const detection = wireDetection(stored, {
    settings: configuredEngine(config),
    stream,
    recording,
  });
  worker = detection;
  const subscription = await stream.subscribe(detection);
  lifecycle.onStop("subscription", () => subscription.stop());
  // States are saved before the partitions are given up, and with them the memory.
  lifecycle.onStop("detection", () => detection.stop());
  wireSources(stored, stream);
  started();
  logger.info({ version }, "started");
  return { url: http.url, stream, stop: () => lifecycle.stop() };
}

export interface StreamOnly {
  readonly stream: Stream;
  close(): Promise<void>;
}

export interface StoreOnly {
  readonly store: Store;
  close(): Promise<void>;
}

/** The stream alone, for commands that put a record into it. */
export function openStreamOnly(config: Config, logger: Logger): Promise<StreamOnly> {
  return withParts({ config, logger, clock: systemClock }, async (parts) => {
    const { store } = await wireStore(parts);
    const stream = await wireStream({ ...parts, store });
    return { stream, close: () => parts.lifecycle.stop() };
  });
}

/** The store alone, for commands that look into it. */
export function openStoreOnly(config: Config, logger: Logger): Promise<StoreOnly> {
  return withParts({ config, logger, clock: systemClock }, async (parts) => {
    const { store } = await wireStore(parts);
    return { store, close: () => parts.lifecycle.stop() };
  });
}

/** What had started is stopped again when the rest cannot start. */
async function withParts<Started>(
  given: Pick<Parts, "config" | "logger" | "clock">,
  work: (parts: Parts) => Promise<Started>,
): Promise<Started> {
  const { config, logger, clock } = given;
  const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs });
  const owner = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const registry = createRegistry(version);
  const health = createHealth();
  try {
    return await work({ config, logger, clock, registry, health, lifecycle, owner });
  } catch (error) {
    await lifecycle.stop().catch((err: unknown) => logger.error({ err }, "stopping failed"));
    throw error;
  }
}
