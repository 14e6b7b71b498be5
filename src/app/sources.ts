/** Builds a poller for each source. Only the process that holds the lease of a source polls it. */

import { databaseUrl } from "../config/database.ts";
import type { Config } from "../config/schema.ts";
import type { SourceLease } from "../source/lease.ts";
import { LeasedPoller } from "../source/leased-poller.ts";
import { sourceMetrics } from "../source/metrics.ts";
import { defaultSourceOptions, type SourceOptions, slowTimeoutMs } from "../source/options.ts";
import { startPoller } from "../source/poller.ts";
import type { StoredProgress } from "../source/progress.ts";
import type { SourceRows } from "../source/source-rows.ts";
import { acquireLease, type Lease, releaseLease } from "../store/leases/lease.ts";
import { processesWithout } from "../store/members/record-forms.ts";
import {
  loadSourceProgress,
  saveSourceProgress,
} from "../store/source-progress/source-progress.ts";
import { formWithPlaces } from "../stream/codec.ts";
import { noteBlindTime } from "./blind-times.ts";
import { processGroup } from "./held-partitions.ts";
import type { StoredParts } from "./parts.ts";
import { type Stream, streamName } from "./stream.ts";
import { watchedSink } from "./watched.ts";

/** A process that dies leaves its sources unpolled for at most five quarters of this. */
const leaseMs = 6_000;
/** More than a source takes to end a statement that has missed its deadline, and to close the connection. */
const closingMs = 60_000;

/** The sources as the poller takes them. @throws ConfigError DW_CONFIG_SECRET when a password cannot be read */
export function sourceList({ sources }: Config): readonly SourceOptions[] {
  return Object.entries(sources).map(([name, source]) => sourceOptions(name, source));
}

function sourceOptions(name: string, source: Config["sources"][string]): SourceOptions {
  return {
    ...defaultSourceOptions,
    name,
    tenant: source.tenant,
    environment: source.environment,
    connection: {
      url: databaseUrl(source),
      connectTimeoutMs: source.connect_timeout,
      statementTimeoutMs: source.statement_timeout,
    },
    table: source.table,
    columns: source.columns,
    ...(source.versioned_names !== undefined && { versionedNames: source.versioned_names }),
    modelName: source.model ?? name,
    timeZone: source.time_zone,
    timeUnit: source.time_unit,
    predictionWindowMs: source.predictions?.window,
    pollIntervalMs: source.poll_interval,
    pageRows: source.page_rows,
    overlapMs: source.overlap,
    history: { ms: source.history.last, maxRows: source.history.max_rows },
  };
}

interface SourcesParts {
  readonly sources: readonly SourceOptions[];
  readonly stream: Stream;
  /** Filled by the builder with the counts of each source. */
  readonly read: ReadRows;
}

/** What this process has counted of each source; undefined while another process polls it. */
export type ReadRows = Map<string, () => SourceRows | undefined>;

function* rowsOf(read: ReadRows): Generator<readonly [string, SourceRows]> {
  for (const [source, rows] of read) {
    const counted = rows();
    if (counted !== undefined) yield [source, counted];
  }
}

/** Rows that were left out when they were read, by source and reason. */
export const leftOutOf = (read: ReadRows): Readonly<Record<string, SourceRows["leftOut"]>> =>
  Object.fromEntries([...rowsOf(read)].map(([source, { leftOut }]) => [source, leftOut]));

/** Starts to compete for the lease of each source. */
export function buildSources(parts: StoredParts, { sources, stream, read }: SourcesParts): void {
  const { clock, config, store, registry, health, lifecycle } = parts;
  const group = processGroup(streamName(config));
  const withoutPlaces = () => processesWithout(store, group, formWithPlaces);
  const metrics = sourceMetrics(registry, () => rowsOf(read));
  for (const options of sources) {
    const { name } = options;
    const logger = parts.logger.child({ component: "source", source: name });
    const longestWaitMs = slowTimeoutMs(options.connection) + closingMs;
    const round = parts.rounds.of(`source ${name}`, longestWaitMs);
    const sink = watchedSink(stream, round);
    const held = new LeasedPoller({
      source: name,
      lease: sourceLease(parts, name),
      startPoller: (progress) =>
        startPoller({
          options,
          sink,
          progress,
          clock,
          logger,
          metrics,
          round,
          withoutPlaces,
          onGap: (gap) => noteBlindTime(parts, { what: `source ${name}`, ...gap }),
        }),
      round: parts.rounds.of(`lease of source ${name}`),
      logger,
      metrics,
    });
    read.set(name, () => held.rows());
    health.register(`source:${name}`, () => held.health());
    lifecycle.onStop(`source ${name}`, () => held.stop());
  }
}

/** The lease of a source in the store. Progress that is saved under it is fenced by its epoch. */
export function sourceLease(
  { store, owner }: Pick<StoredParts, "store" | "owner">,
  source: string,
  ttlMs: number = leaseMs,
): SourceLease {
  let last: Lease | undefined;
  return {
    ttlMs,
    take: async () => {
      const lease = await acquireLease(store, { name: `source/${source}`, owner, ttlMs });
      if (lease === undefined) return undefined;
      last = lease;
      return {
        epoch: lease.epoch,
        progress: {
          load: () => loadSourceProgress<StoredProgress>(store, source),
          save: (_, state) => saveSourceProgress(store, { source, lease }, state),
        },
      };
    },
    release: async () => {
      if (last !== undefined) await releaseLease(store, last);
    },
  };
}
