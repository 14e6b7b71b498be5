/** The dependencies of both readers of a source. */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { Delivery } from "./delivery.ts";
import type { SourceMetrics } from "./metrics.ts";
import type { SourceOptions } from "./options.ts";
import type { SourceProgress } from "./progress.ts";

export interface ReaderDeps {
  readonly options: SourceOptions;
  readonly progress: SourceProgress;
  readonly delivery: Delivery;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: SourceMetrics;
  /** Called after a time in which the source was not read. Left out: nobody wants to know. */
  readonly onGap?: ((gap: UnreadTime) => void) | undefined;
}

/** A time without a successful poll, ms since 1970. */
export interface UnreadTime {
  readonly fromMs: number;
  readonly untilMs: number;
}
