/**
 * The daemon: what is built once for a process, in the order in which it starts.
 *
 * There is no reload yet. One must not rebuild these parts. The HTTP server has an address that others know. The store,
 * the stream and the outbox hold connections, leases and a place in a consumer group. The detection worker holds the
 * memory of its models. A registry takes each metric once. What a reload may rebuild is in configured.ts.
 */
import type { Logger } from "pino";
import type { Engine } from "../../remediations/docker/engine.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/schema.ts";
import { proposalMetric } from "../incidents/metrics.ts";
import type { RecordOptions } from "../incidents/record-events.ts";
import { orderKeys } from "../outbox/executor.ts";
import type { SourceOptions } from "../source/options.ts";
import type { Environment } from "../tickets/jira/proxy.ts";
import { ticketsMetrics } from "../tickets/metrics.ts";
import type { OnRendered } from "../tickets/tracker.ts";
import { version } from "../version.ts";
import { buildCommands } from "./commands.ts";
import { buildConfigured, type Configured } from "./configured.ts";
import { buildDetection } from "./detection.ts";
import { buildEngine } from "./fixes.ts";
import { buildHeldPartitions } from "./held-partitions.ts";
import { buildHttp, type ShownParts } from "./http.ts";
import { buildExecutors, buildOutbox, buildRunner } from "./outbox.ts";
import { type Parts, type StoredParts, withParts } from "./parts.ts";
import { buildPictures } from "./pictures.ts";
import { buildProbes } from "./probes.ts";
import { type Progress, progressOf } from "./progress.ts";
import { buildService } from "./service.ts";
import { buildServices } from "./services.ts";
import { buildSettingsAgreement } from "./settings-agreement.ts";
import { buildSources, leftOutOf, type ReadRows } from "./sources.ts";
import { buildRestoreGuard, buildRetention, buildStore } from "./store.ts";
import { buildStormWatch } from "./storm-watch.ts";
import { buildStream, type Stream } from "./stream.ts";
import { buildTicketDoor } from "./ticket-door.ts";
import { buildTicketWatch } from "./ticket-watch.ts";

export interface AppOptions {
  readonly logger: Logger;
  /** Default: the store's. */
  readonly clock?: Clock;
  /** Used instead of the configured Docker socket. */
  readonly engine?: Engine | undefined;
  /** Called with each text that goes to the tracker, and with the message that it renders. */
  readonly onRendered?: OnRendered | undefined;
  /** A time without polls up to this long is no gap, ms: the clock of the demo leaps. Default: the source's. */
  readonly leastGapMs?: number;
  /** Environment of the process, which names proxies. Default: empty. */
  readonly environment?: Environment;
  /** Called when the process must stop: the store needs a newer program by now. Default: nobody is told. */
  readonly onFatal?: (error: Error) => void;
}

export interface App {
  /** Where it listens. */
  readonly url: string;
  readonly stream: Stream;
  /** Whether it has processed all that its sources held at a moment of its clock, ms since 1970. */
  progress(atMs: number): Promise<Progress>;
  /** Sources first, metrics last, within one deadline. */
  stop(): Promise<void>;
}

/**
 * Starts everything the configuration asks for.
 *
 * @throws DriftwardenError when a part cannot start; what had started is stopped again
 */
export function startApp(config: Config, options: AppOptions): Promise<App> {
  const { logger, onFatal } = options;
  return withParts({ config, logger, onFatal }, (parts) => start(parts, options));
}

/**
 * One straight line on purpose: each part needs those above it, and stopping runs from the bottom to the top.
 *
 * HTTP comes first, so that health can be asked for while the rest starts, and stops last.
 */
async function start(parts: Parts, asked: Omit<AppOptions, "logger" | "onFatal">): Promise<App> {
  const { lifecycle, logger, registry } = parts;
  const { environment = {}, leastGapMs } = asked;
  const started = buildService(parts, environment);
  const shown: ShownParts = {};
  const metrics = ticketsMetrics(registry);
  const http = await buildHttp(parts, { shown, metrics });
  const stored = await buildStore(parts, asked.clock);
  shown.store = stored.store;
  const restoreGuard = await buildRestoreGuard(stored);
  buildRetention(stored);
  buildSettingsAgreement(stored);
  const stream = await buildStream(stored);
  const engine = asked.engine ?? buildEngine(parts);
  const configured = buildConfigured(stored, {
    docker: engine,
    ticketsMetrics: metrics,
    onRendered: asked.onRendered,
    makePicture: buildPictures(stored),
    environment,
  });
  const restoredAtMs = (): number | undefined => restoreGuard.restoredAtMs;
  const runner = buildRunner(stored, { ...configured, restoredAtMs });
  const acting = { ...configured, runner };
  const executors = buildExecutors(stored, { ...acting, stream, restoredAtMs, environment });
  const recording = recordingOf(stored, configured, executors);
  const outbox = buildOutbox(stored, executors, recording);
  buildTicketWatch(stored, { ticketing: configured.ticketing, recording, outbox });
  buildStormWatch(stored, recording);
  shown.notices = { ...stored, recording };
  buildServices(stored, { recording, engine });
  buildTicketDoor(stored, { ticketing: configured.ticketing, outbox, metrics });
  await buildCommands(stored, recording, acting);
  const read: ReadRows = new Map();
  const deciding = { ...configured, recording, stream, leftOut: () => leftOutOf(read) };
  const worker = await buildDetection(stored, deciding);
  shown.worker = worker;
  buildHeldPartitions(stored, stream);
  const sources = withGaps(configured.sources, leastGapMs);
  buildSources(stored, { sources, stream, read });
  buildProbes(stored, { ...configured, engine, metrics, outbox, environment });
  started();
  logger.info({ version }, "started");
  return {
    url: http.url,
    stream,
    progress: (atMs) => progressOf({ ...stored, stream, worker, sources }, atMs),
    stop: () => lifecycle.stop(),
  };
}

/** How what happens is recorded, whoever reports it. */
function recordingOf(
  { clock, registry }: StoredParts,
  { reducer: settings }: Configured,
  executors: ReturnType<typeof buildExecutors>,
): RecordOptions {
  const onProposalOver = proposalMetric(registry);
  return { settings, clock, orderKeyOf: orderKeys(executors), onProposalOver };
}

function withGaps(
  sources: readonly SourceOptions[],
  leastGapMs: number | undefined,
): readonly SourceOptions[] {
  return leastGapMs === undefined ? sources : sources.map((one) => ({ ...one, leastGapMs }));
}
