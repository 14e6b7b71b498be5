/** Watches the external dependencies. Each has a metric, and a log line when it becomes unavailable or is back. */
import type { Logger } from "pino";
import type { PartHealth, Readiness } from "./health.ts";
import { dependencyMetric } from "./metrics.ts";
import type { Registry } from "./registry.ts";

export interface DependencyWatchOptions {
  readonly readiness: () => Readiness;
  readonly registry: Registry;
  readonly logger: Logger;
  /** A clock that never goes back, ms. Default: the monotonic clock of the machine. */
  readonly now?: () => number;
}

/** Names of the parts that are external dependencies. */
const outside = /^(store|stream|tracker|engine|prometheus|source:.*|channel:.*)$/;
/** A dependency that has never been up is logged after this time. */
const startGraceMs = 10_000;
const lookEveryMs = 1_000;

interface Watched {
  readonly since: number;
  readonly up: boolean;
  /** Whether its state was logged. The first state is logged only if it is unavailable for too long. */
  readonly logged: boolean;
}

/** Call `look` regularly, or call `start`. A look asks each part once; parts answer from memory. */
export class DependencyWatch {
  readonly #options: DependencyWatchOptions;
  readonly #now: () => number;
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: DependencyWatchOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    const { readiness, registry } = options;
    dependencyMetric(registry, () =>
      dependencies(readiness()).map(([name, { ok }]) => [name, ok] as const),
    );
  }

  start(): void {
    this.#timer = setInterval(() => this.look(), lookEveryMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  look(): void {
    for (const [name, part] of dependencies(this.#options.readiness())) {
      this.#watched.set(name, this.#next(name, part));
    }
  }

  #next(name: string, { ok, reason }: PartHealth): Watched {
    const now = this.#now();
    const { logger } = this.#options;
    const before = this.#watched.get(name);
    if (before === undefined) return { since: now, up: ok, logged: ok };
    if (before.up !== ok) {
      const downSeconds = Math.round((now - before.since) / 1000);
      if (!ok) logger.warn({ dependency: name, reason }, "dependency is away");
      else if (before.logged) logger.info({ dependency: name, downSeconds }, "dependency is back");
      return { since: now, up: ok, logged: true };
    }
    if (before.logged || now - before.since < startGraceMs) return before;
    logger.warn({ dependency: name, reason }, "dependency is away");
    return { ...before, logged: true };
  }
}

const dependencies = ({ parts }: Readiness): readonly (readonly [string, PartHealth])[] =>
  Object.entries(parts).filter(([name]) => outside.test(name));
