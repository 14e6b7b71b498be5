/** Sends a tick at the end of a poll. The tick carries the watermark. */
import type { Logger } from "pino";
import type { Delivery } from "./delivery.ts";
import { HorizonWatch } from "./horizon.ts";
import type { SourceMetrics } from "./metrics.ts";
import type { SourceOptions } from "./options.ts";
import type { PollMark } from "./progress.ts";
import type { SourceView } from "./view.ts";
import { watermarkAt, withMark } from "./watermark.ts";

interface TickDeps {
  readonly options: SourceOptions;
  readonly delivery: Delivery;
  readonly logger: Logger;
  readonly metrics: SourceMetrics;
}

interface Marked {
  readonly marks: readonly PollMark[];
  readonly watermark?: number;
}

/** The watermark is the clock of an earlier poll, so it is always at least one poll interval old. */
const tolerablePolls = 3;

export class Ticks {
  readonly #deps: TickDeps;
  readonly #horizon: HorizonWatch;
  readonly #lagUs: number;

  /** @param lagMs how long after its timestamp a row may still come. The watermark stays that far behind. Default 0 */
  constructor(deps: TickDeps, lagMs = 0) {
    this.#deps = deps;
    this.#lagUs = lagMs * 1000;
    const { pollIntervalMs, horizonWarnMs } = deps.options;
    const tolerableMs = lagMs + Math.max(horizonWarnMs, tolerablePolls * pollIntervalMs);
    this.#horizon = new HorizonWatch(deps.logger, tolerableMs);
  }

  /** @param clock when the snapshot was taken, on our clock, microseconds */
  async send<State extends Marked>(state: State, view: SourceView, clock: number): Promise<State> {
    const reached = watermarkAt(state.marks, view.xmin);
    const marks = withMark(reached.marks, { ceiling: view.ceiling, clock });
    const found = Math.min(reached.watermark ?? -Infinity, clock - this.#lagUs);
    const watermark = Math.max(found, state.watermark ?? -Infinity);
    // The very first poll has no earlier mark.
    if (watermark === -Infinity) return { ...state, marks };
    const { delivery, options, metrics } = this.#deps;
    const labels = { source: options.name };
    await delivery.records([{ kind: "tick", source: options.name, watermark, clock }]);
    metrics.watermark.set(labels, watermark / 1e6);
    metrics.horizonAge.set(labels, (clock - watermark) / 1e6);
    this.#horizon.observe((clock - watermark) / 1000);
    return { ...state, marks, watermark };
  }
}
