/** The composition root: from a configuration to running parts. The only importer of both registries. */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Logger } from "pino";
import { detectorTypes } from "../detectors/index.ts";
import type { Engine } from "../remediations/docker/engine.ts";
import { remediationTypes } from "../remediations/index.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Config } from "./config/schema.ts";
import type { EngineSettings } from "./detection/settings.ts";
import type { DetectionWorker } from "./detection/worker.ts";
import type { Fix } from "./healing/fix.ts";
import type { ConfiguredFix } from "./healing/run.ts";
import { startHttp } from "./http/server.ts";
import { createLifecycle } from "./lifecycle.ts";
import type { Store } from "./store/store.ts";
import { createHealth } from "./telemetry/health.ts";
import { createRegistry } from "./telemetry/registry.ts";
import { version } from "./version.ts";
import { engineSettings, wireDetection } from "./wiring/detection.ts";
import { withDropNotices } from "./wiring/drop-notices.ts";
import { wireEngine } from "./wiring/engine.ts";
import { applyOptions, fixesOf, remediationsOf, wireEffects } from "./wiring/incidents.ts";
import type { Parts, StoredParts } from "./wiring/parts.ts";
import { apiRoutes } from "./wiring/routes.ts";
import { wireSources } from "./wiring/sources.ts";
import { wireStore } from "./wiring/store.ts";
import { type Stream, wireStream } from "./wiring/stream.ts";

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
export async function startApp(config: Config, options: AppOptions): Promise<App> {
  const { logger, clock = systemClock } = options;
  const parts = partsOf(config, { logger, clock });
  try {
    return await start(parts, options);
  } catch (error) {
    await parts.lifecycle.stop().catch((err: unknown) => logger.error({ err }, "stopping failed"));
    throw error;
  }
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
  const fixes = fixesOf(config, remediationTypes);
  const apply = applyOptions(stored, fixes);
  wireEffects(stored, {
    apply,
    stream,
    fixes: configuredFixes(stored, fixes, asked.engine ?? wireEngine(parts)),
    restoredAtMs: () => presence.restoredAtMs,
  });
  const detection = wireDetection(stored, {
    settings: configuredEngine(config),
    stream,
    apply,
  });
  worker = detection;
  const reader = withDropNotices(detection, logger.child({ component: "detection" }));
  const subscription = await stream.subscribe(reader);
  lifecycle.onStop("subscription", () => subscription.stop());
  wireSources(stored, stream);
  started();
  logger.info({ version }, "started");
  return { url: http.url, stream, stop: () => lifecycle.stop() };
}

/** Without an engine no fix can act. */
function configuredFixes(
  { config, clock }: Parts,
  fixes: readonly Fix[],
  engine: Engine | undefined,
): readonly ConfiguredFix[] {
  if (engine === undefined) return [];
  const remediations = remediationsOf(config, remediationTypes, { engine, clock });
  return fixes.flatMap((fix) => {
    const remediation = remediations.get(fix.name);
    return remediation === undefined ? [] : [{ fix, remediation }];
  });
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
export async function openStreamOnly(config: Config, logger: Logger): Promise<StreamOnly> {
  return openAlone(config, logger, async (parts) => {
    const { store } = await wireStore(parts);
    return { stream: await wireStream({ ...parts, store }) };
  });
}

/** The store alone, for commands that look into it. */
export async function openStoreOnly(config: Config, logger: Logger): Promise<StoreOnly> {
  return openAlone(config, logger, async (parts) => ({ store: (await wireStore(parts)).store }));
}

async function openAlone<Opened>(
  config: Config,
  logger: Logger,
  open: (parts: Parts) => Promise<Opened>,
): Promise<Opened & { close(): Promise<void> }> {
  const parts = partsOf(config, { logger, clock: systemClock });
  const { lifecycle } = parts;
  try {
    return { ...(await open(parts)), close: () => lifecycle.stop() };
  } catch (error) {
    await lifecycle.stop().catch(() => undefined);
    throw error;
  }
}

function partsOf(config: Config, { logger, clock }: Pick<Parts, "logger" | "clock">): Parts {
  return {
    config,
    clock,
    logger,
    registry: createRegistry(version),
    health: createHealth(),
    lifecycle: createLifecycle({ clock: systemClock, stopDeadlineMs }),
    owner: `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`,
  };
}
