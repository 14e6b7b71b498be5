/** One poll after the other, over whatever connection there is: from the state we remember to the next. */
import type { Client } from "pg";
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { Delivery } from "./delivery.ts";
import { storeRefused } from "./errors.ts";
import { sendHistory } from "./history.ts";
import type { SourceLayout } from "./layout.ts";
import {
  closed,
  type Level,
  levels,
  moveBounds,
  nextWindow,
  opened,
  renumberOpen,
  restartLevels,
  startLevels,
} from "./levels.ts";
import type { SourceMetrics } from "./metrics.ts";
import { type SourceOptions, slowTimeoutMs } from "./options.ts";
import { Pacing } from "./pacing.ts";
import type { OverlapState, SourceProgress, SourceState, SourceWindow } from "./progress.ts";
import type { ModelRow, RawRow } from "./rows.ts";
import { windowRows } from "./sql/window.ts";
import { Ticks } from "./ticks.ts";
import { type Fit, fitOf, openView, type PageQuery, pages, type SourceView } from "./view.ts";

export interface ReadingDeps {
  readonly options: SourceOptions;
  readonly progress: SourceProgress;
  readonly delivery: Delivery;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: SourceMetrics;
}

/** While nothing is sent, horizons are saved no more often than this. */
const idleSaveMs = 5_000;
/** What is read once more after the table was rewritten. */
const overlapMs = 60_000;

interface Place {
  readonly ts: number;
  readonly tid: number;
}

const isAfter = (place: Place | undefined, { row }: ModelRow): boolean =>
  place === undefined || row.ts > place.ts || (row.ts === place.ts && row.tid > place.tid);

function windowQuery(view: SourceView, window: SourceWindow): Pick<PageQuery, "text" | "values"> {
  const from = BigInt(window.from);
  const bounds = [window.above, window.upTo]
    .filter((bound) => bound !== undefined)
    .map((bound) => new Date(bound).toISOString());
  const width = BigInt(window.to) - from;
  return {
    text: windowRows(view.layout, window),
    values: [String(BigInt.asUintN(32, from)), String(width), ...bounds],
  };
}

export class Reading {
  readonly #deps: ReadingDeps;
  readonly #labels: { readonly source: string };
  readonly #pacing = new Pacing();
  readonly #ticks: Ticks;
  #state: SourceState | undefined;
  /** Last row acknowledged of each open window: a failed poll goes on behind it. */
  readonly #acknowledged: (Place | undefined)[] = [];
  #savedAt = 0;
  #sentSinceSave = false;

  constructor(deps: ReadingDeps) {
    this.#deps = deps;
    this.#labels = { source: deps.options.name };
    this.#ticks = new Ticks(deps);
  }

  /**
   * Reads and sends what is new, then a tick.
   *
   * @throws SourceError, or what `pg` throws; the connection is then of no use, and the next call goes on where this
   *   one ended
   */
  async poll(client: Client, layout: SourceLayout): Promise<void> {
    const view = await openView(client, layout, this.#deps.options.connection.statementTimeoutMs);
    let state = await this.#stateFor(view);
    for (const level of levels) state = await this.#readLevel(state, level, view);
    await client.query("COMMIT");
    const clockMs = this.#at(view);
    state = moveBounds(state, clockMs, this.#deps.options.lookbackMs);
    this.#state = await this.#ticks.send(state, view, Math.round(clockMs * 1000));
    const idle = performance.now() - this.#savedAt > idleSaveMs;
    if (this.#sentSinceSave || idle) await this.save();
  }

  /** Our clock's milliseconds at the moment of the view. */
  #at(view: SourceView): number {
    return this.#deps.clock.at(view.clock / 1000);
  }

  /** Keeps what was acknowledged; for a stop, so that nothing is sent again. */
  async save(): Promise<void> {
    if (this.#state !== undefined) await this.#saved(this.#state);
  }

  async #saved(state: SourceState): Promise<SourceState> {
    await this.#deps.progress
      .save(this.#deps.options.name, state)
      .catch((error: unknown) => Promise.reject(storeRefused(error)));
    // Not before it is stored: a window that only we knew of would be sent, forgotten, and its number used again.
    this.#state = state;
    this.#savedAt = performance.now();
    this.#sentSinceSave = false;
    return state;
  }

  async #stateFor(view: SourceView): Promise<SourceState> {
    const { options, progress } = this.#deps;
    const stored =
      this.#state ??
      (await progress
        .load(options.name)
        .catch((error: unknown) => Promise.reject(storeRefused(error))));
    if (stored !== undefined && "sent" in stored) {
      return this.#saved(this.#afterOverlap(stored, view));
    }
    const known = stored ?? (await this.#saved(this.#firstState(view)));
    this.#state = known;
    const fit = await fitOf(known, view);
    const state = fit === "same" ? known : await this.#refitted(known, view, fit);
    return state.historySinceMs === undefined ? state : this.#sendHistory(state, view);
  }

  #firstState(view: SourceView): SourceState {
    const { history, lookbackMs } = this.#deps.options;
    const clockMs = this.#at(view);
    const { systemIdentifier, relfilenode } = view;
    const positions = startLevels(view.xmin, clockMs, lookbackMs);
    const historySinceMs = clockMs - history.ms;
    return { version: 1, systemIdentifier, relfilenode, ...positions, marks: [], historySinceMs };
  }

  async #sendHistory(
    { historySinceMs: sinceMs = 0, ...state }: SourceState,
    view: SourceView,
  ): Promise<SourceState> {
    const { options, delivery, logger } = this.#deps;
    const { horizon } = state.levels[0];
    const rows = await sendHistory(view, delivery, { options, horizon, sinceMs });
    logger.info({ rows }, "history sent");
    return this.#saved(state);
  }

  /** What was a view before goes on above its pages, from its cursor. */
  #afterOverlap({ cursor, lastPage }: OverlapState, view: SourceView): SourceState {
    const { systemIdentifier, relfilenode } = view;
    const { lookbackMs } = this.#deps.options;
    const level = { horizon: view.xmin, lastWindow: lastPage };
    const start = startLevels(view.xmin, this.#at(view), lookbackMs);
    const state = { version: 1, systemIdentifier, relfilenode, ...start, marks: [] } as const;
    const numbered = { ...state, levels: [level, level, level] } as const;
    return restartLevels(numbered, view.xmin, cursor / 1000 - overlapMs);
  }

  async #refitted(
    state: SourceState,
    view: SourceView,
    fit: Exclude<Fit, "same">,
  ): Promise<SourceState> {
    this.#acknowledged.length = 0;
    const { systemIdentifier, relfilenode } = view;
    if (fit === "moved") {
      this.#deps.logger.info("table rewritten, its transactions kept");
      return this.#saved(renumberOpen({ ...state, relfilenode }));
    }
    this.#deps.metrics.rewrites.inc(this.#labels);
    this.#deps.logger.warn({ reason: fit.lost }, "source rewritten, reading starts anew");
    const fresh = { ...state, systemIdentifier, relfilenode, marks: [] };
    const readMs = state.watermark === undefined ? this.#at(view) : state.watermark / 1000;
    return this.#saved(restartLevels(fresh, view.xmin, readMs - overlapMs));
  }

  /** What a failed poll left open, then the level's next window; nothing while the level has to rest. */
  async #readLevel(before: SourceState, level: Level, view: SourceView): Promise<SourceState> {
    if (!this.#pacing.due(level, performance.now())) return before;
    const { open } = before.levels[level];
    const state =
      open === undefined ? before : await this.#readWindow(before, level, { window: open, view });
    const window = nextWindow(state, level, view.xmin);
    return window === undefined ? state : this.#readWindow(state, level, { window, view });
  }

  async #readWindow(
    before: SourceState,
    level: Level,
    { window, view }: { readonly window: SourceWindow; readonly view: SourceView },
  ): Promise<SourceState> {
    const startedAt = performance.now();
    let sendingMs = 0;
    let state = before;
    try {
      for await (const page of pages(view, this.#query(view, level, window))) {
        const sendingFrom = performance.now();
        state = await this.#handOn(page, { state, level, window }).finally(() => {
          sendingMs += performance.now() - sendingFrom;
        });
      }
    } finally {
      // Also when it failed: a sweep that takes too long must not stop the faster levels from being read.
      const now = performance.now();
      const readMs = now - startedAt - sendingMs;
      this.#pacing.ran(level, readMs, now);
      this.#deps.metrics.windowSeconds.observe({ ...this.#labels, level }, readMs / 1000);
    }
    this.#acknowledged[level] = undefined;
    // In memory at once: a later failure of this poll must not read this window again.
    this.#state = closed(state, level, window.to);
    return this.#state;
  }

  /** Stores that the window is open, if it was not, and sends a page of it. */
  async #handOn(
    page: readonly RawRow[],
    { state, level, window }: { state: SourceState; level: Level; window: SourceWindow },
  ): Promise<SourceState> {
    const isOpen = state.levels[level].open !== undefined;
    const next = isOpen ? state : await this.#saved(opened(state, level, window));
    await this.#send(page, level, window.number);
    return next;
  }

  #query(view: SourceView, level: Level, window: SourceWindow): PageQuery {
    const { pageRows, connection } = this.#deps.options;
    const patience = level === 0 ? {} : { timeoutMs: slowTimeoutMs(connection) };
    return { ...windowQuery(view, window), pageRows, ...patience };
  }

  async #send(page: readonly RawRow[], level: Level, window: number): Promise<void> {
    const { delivery, options } = this.#deps;
    const source = options.name;
    const rows = delivery.parse(page).filter((row) => isAfter(this.#acknowledged[level], row));
    await delivery.rows(rows, (model, part) => ({
      kind: "rows",
      model,
      source,
      level,
      window,
      rows: part,
    }));
    this.#acknowledged[level] = rows.at(-1)?.row ?? this.#acknowledged[level];
    this.#sentSinceSave = true;
  }
}
