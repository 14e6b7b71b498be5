/** Sends a tick at the end of a poll, with the watermark, the gap before the poll and the newest row time. */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { TickRecord } from "../stream/record.ts";
import type { Delivery } from "./delivery.ts";
import { HorizonWatch } from "./horizon.ts";
import type { SourceMetrics } from "./metrics.ts";
import type { SourceOptions } from "./options.ts";
import type { PollMark } from "./progress.ts";
import type { ReaderDeps } from "./reader-deps.ts";
import type { PollSnapshot } from "./view.ts";
import { watermarkAt, withMark } from "./watermark.ts";

interface TickDeps {
  readonly options: SourceOptions;
  readonly delivery: Delivery;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: SourceMetrics;
  readonly onGap?: ReaderDeps["onGap"];
}

interface Marked {
  readonly marks: readonly PollMark[];
  readonly watermark?: number;
  readonly newest?: number;
}

/** The data of the poll's snapshot. */
export type TickView = Pick<PollSnapshot, "xmin" | "ceiling" | "running" | "inRecovery">;

/**
 * How many poll intervals are tolerated without a warning or a gap. The watermark may be the clock of the previous
 * poll.
 */
const tolerablePolls = 3;
/** A poll is late when more than this many intervals have passed since the previous one. */
const promptPolls = 1.5;
/**
 * The duration of a poll is no gap. Of a longer poll only this much is deducted, because its process may have been
 * paused.
 */
const longestPollUs = 60_000_000;

export class Ticks {
  readonly #deps: TickDeps;
  readonly #horizon: HorizonWatch;
  readonly #lagUs: number;
  readonly #tolerableGapUs: number;
  readonly #promptUs: number;
  /** How long the last poll took. */
  #tookUs = 0;

  /**
   * @param lagMs how long after its timestamp a row may still arrive. The watermark stays that far behind. Default 0
   */
  constructor(deps: TickDeps, lagMs = 0) {
    this.#deps = deps;
    this.#lagUs = lagMs * 1000;
    const { pollIntervalMs, horizonWarnMs, leastGapMs } = deps.options;
    const tolerableMs = lagMs + Math.max(horizonWarnMs, tolerablePolls * pollIntervalMs);
    this.#horizon = new HorizonWatch(deps.logger, tolerableMs);
    this.#tolerableGapUs = 1000 * Math.max(tolerablePolls * pollIntervalMs, leastGapMs);
    this.#promptUs = 1000 * promptPolls * pollIntervalMs;
  }

  /** Call it before a poll reads. Logs a pause since the last poll. */
  begin(state: Marked, clock: number): void {
    this.#horizon.resumed(lastPollOf(state) ?? clock, clock);
  }

  /**
   * Ends a poll.
   *
   * @param clock when the snapshot was taken, by this process's clock, microseconds
   */
  async send<State extends Marked>(state: State, view: TickView, clock: number): Promise<State> {
    const next = await this.#send(state, view, clock);
    this.#tookUs = Math.min(this.#deps.clock.now() * 1000 - clock, longestPollUs);
    return next;
  }

  async #send<State extends Marked>(state: State, view: TickView, clock: number): Promise<State> {
    const gap = this.#gap(state, clock);
    const mark = { ceiling: view.ceiling, clock };
    // A standby does not show the running transactions of its primary.
    const own = view.inRecovery || !this.#isPrompt(state, clock) ? undefined : mark;
    const reached = watermarkAt(state.marks, { horizon: view.xmin, own });
    const marks = withMark(reached.marks, mark);
    const found = Math.min(reached.watermark ?? -Infinity, clock - this.#lagUs);
    const watermark = Math.max(found, state.watermark ?? -Infinity);
    const newest = this.#newest(state, clock);
    const next = { ...state, marks, ...(newest !== undefined && { newest }) };
    // The very first poll has no earlier mark.
    if (watermark === -Infinity) return next;
    await this.#deps.delivery.records([this.#tick({ watermark, clock, gap, newest })]);
    if (gap > 0) this.#deps.onGap?.({ fromMs: (clock - gap) / 1000, untilMs: clock / 1000 });
    this.#deps.delivery.newestTold();
    this.#observe({ clock, watermark });
    const { running } = view;
    const unreached = reached.watermark === undefined ? reached.marks : reached.marks.slice(1);
    this.#horizon.observe({ clock, watermark, unreached, running });
    return { ...next, watermark };
  }

  #tick({
    newest,
    ...always
  }: Required<Pick<TickRecord, "watermark" | "clock" | "gap">> & {
    readonly newest: number | undefined;
  }): TickRecord {
    const { name: source } = this.#deps.options;
    return { kind: "tick", source, ...always, ...(newest !== undefined && { newest }) };
  }

  /** Time without a successful poll; 0 if the last poll is recent. */
  #gap(state: Marked, clock: number): number {
    const elapsed = elapsedSince(state, clock);
    return elapsed > this.#tolerableGapUs + this.#tookUs ? elapsed : 0;
  }

  /**
   * Whether the poll ran when it was due. After an outage that is too short for a gap, writers have until the next poll
   * to resume. Only then may the watermark pass the outage.
   */
  #isPrompt(state: Marked, clock: number): boolean {
    return elapsedSince(state, clock) <= this.#promptUs + this.#tookUs;
  }

  /** The newest row time delivered. A time ahead of the clock counts as the present time. */
  #newest({ newest: before }: Marked, clock: number): number | undefined {
    const { newest: sent } = this.#deps.delivery;
    return sent === undefined ? before : Math.max(before ?? -Infinity, Math.min(sent, clock));
  }

  #observe({ clock, watermark }: Pick<TickRecord, "clock" | "watermark">): void {
    const { metrics, options } = this.#deps;
    const labels = { source: options.name };
    metrics.watermark.set(labels, watermark / 1e6);
    metrics.horizonAge.set(labels, (clock - watermark) / 1e6);
  }
}

const elapsedSince = (state: Marked, clock: number): number => clock - (lastPollOf(state) ?? clock);

/** A rewrite of the source drops the marks. Then the watermark is used instead. It is earlier than the last poll. */
const lastPollOf = ({ marks, watermark }: Marked): number | undefined =>
  marks.at(-1)?.clock ?? watermark;
