/** One poller a source, in one process at a time: whoever holds the source's lease. */

import { systemClock } from "../clock.ts";
import { databaseUrl } from "../config/database.ts";
import type { Config } from "../config/schema.ts";
import { sourceMetrics } from "../source/metrics.ts";
import { defaultSourceOptions, type SourceOptions } from "../source/options.ts";
import { type Poller, startPoller } from "../source/poller.ts";
import type { SourceProgress, SourceState } from "../source/progress.ts";
import { acquireLease, releaseLease } from "../store/leases/lease.ts";
import {
  loadSourceProgress,
  saveSourceProgress,
} from "../store/source-progress/source-progress.ts";
import type { StoredParts } from "./parts.ts";
import type { Stream } from "./stream.ts";

const leaseMs = 10_000;
const renewMs = 3000;

/** A source as the poller takes it. @throws ConfigError DW_CONFIG_SECRET when its password cannot be read */
export function sourceOptions(name: string, source: Config["sources"][string]): SourceOptions {
  const { model, ...columns } = source.columns;
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
    columns: { ...columns, ...(model !== undefined && { model }) },
    modelName: source.model ?? name,
    timeZone: source.time_zone,
    pollIntervalMs: source.poll_interval,
    pageRows: source.page_rows,
    history: { ms: source.history.last, maxRows: source.history.max_rows },
  };
}

export function wireSources(parts: StoredParts, stream: Stream): void {
  const { config, store, clock, logger, registry, health, lifecycle } = parts;
  const metrics = sourceMetrics(registry);
  const progress: SourceProgress = {
    load: (source) => loadSourceProgress<SourceState>(store, source),
    save: (source, state) => saveSourceProgress(store, source, state),
  };
  for (const [name, source] of Object.entries(config.sources)) {
    const start = (): Poller =>
      startPoller({
        options: sourceOptions(name, source),
        sink: stream,
        progress,
        clock,
        logger: logger.child({ component: "source", source: name }),
        metrics,
      });
    const held = new LeasedPoller(parts, name, start);
    health.register(`source ${name}`, () => held.health());
    held.start();
    lifecycle.onStop(`source ${name}`, () => held.stop());
  }
}

class LeasedPoller {
  readonly #parts: StoredParts;
  readonly #name: string;
  readonly #startPoller: () => Poller;
  readonly #stopping = new AbortController();
  #poller: Poller | undefined;
  #working: Promise<void> | undefined;

  constructor(parts: StoredParts, source: string, start: () => Poller) {
    this.#parts = parts;
    this.#name = `source/${source}`;
    this.#startPoller = start;
  }

  /** A process without the lease is ready too: it stands by. */
  health(): { readonly ok: boolean; readonly reason?: string } {
    return this.#poller?.health() ?? { ok: true };
  }

  start(): void {
    this.#working = this.#hold();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  async #hold(): Promise<void> {
    const { store, owner, logger } = this.#parts;
    const { signal } = this.#stopping;
    let heldUntilMs = 0;
    while (!signal.aborted) {
      const askedMs = Date.now();
      const lease = await acquireLease(store, { name: this.#name, owner, ttlMs: leaseMs }).catch(
        (err: unknown) => {
          logger.warn({ lease: this.#name, err }, "asking for a lease failed");
          return undefined;
        },
      );
      if (lease !== undefined) heldUntilMs = askedMs + leaseMs;
      if (Date.now() < heldUntilMs) this.#poller ??= this.#startPoller();
      else await this.#letGo();
      await systemClock.sleep(renewMs, signal);
    }
    await this.#letGo();
    if (heldUntilMs > 0) await this.#release();
  }

  async #letGo(): Promise<void> {
    const poller = this.#poller;
    this.#poller = undefined;
    await poller?.stop();
  }

  async #release(): Promise<void> {
    const { store, owner } = this.#parts;
    const lease = await acquireLease(store, { name: this.#name, owner, ttlMs: leaseMs }).catch(
      () => undefined,
    );
    if (lease !== undefined) await releaseLease(store, lease).catch(() => undefined);
  }
}
