/**
 * Reads a plain table by transaction id: each poll sends the rows of the transactions that ended since the last poll.
 *
 *     snapshot ──► level 0, 1, 2: the window left open, then the next one ──► bounds move ──► tick
 *
 *     one window:  store it as open ──► send page by page, each acknowledged ──► closed
 *
 * levels.ts defines the levels and proves that no row is missed or read twice. This file does the I/O.
 *
 * # Failure handling
 *
 * - A poll fails: the state stays in memory. The next poll reads the open window again, and sends only rows after the
 *   last acknowledged one.
 * - The process dies: the next one finds the open window in the store. It sends the whole window again under the same
 *   number. Detection drops by position the rows that had arrived.
 * - A save fails: the window is not sent. Otherwise, after a crash, other rows would get the number of the unsaved
 *   window.
 * - The table was rewritten: transaction ids no longer show which rows were read. Reading continues by time
 *   (rewrite.ts).
 */
import type { SourceClient } from "./client.ts";
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
  startLevels,
} from "./levels.ts";
import { Multiset } from "./multiset.ts";
import { Pacing } from "./pacing.ts";
import type { SourceState, SourceWindow } from "./progress.ts";
import type { ReaderDeps } from "./reader-deps.ts";
import { RecentlySent, type SentPage } from "./recently-sent.ts";
import { afterOverlap, afterRewrite, readAgainMs } from "./rewrite.ts";
import { isAfter, placeOf, type RawRow, type RowPlace } from "./rows.ts";
import { andTooLarge, RowTally, type SourceRows } from "./source-rows.ts";
import { Ticks } from "./ticks.ts";
import { identityOf, openView, type PollSnapshot, pages, type TableIdentity } from "./view.ts";
import { windowQuery } from "./window-query.ts";

/** While nothing is sent, horizons are saved at most this often. */
const idleSaveMs = 5_000;

export class TransactionWindowReader {
  readonly #deps: ReaderDeps;
  readonly #labels: { readonly source: string };
  readonly #pacing = new Pacing();
  readonly #ticks: Ticks;
  #state: SourceState | undefined;
  /** Last acknowledged row of each open window. After a failed poll, sending continues after it. */
  readonly #acknowledged: (RowPlace | undefined)[] = [];
  /** Page that was sent and not acknowledged. It may have arrived. */
  #inDoubt: SentPage | undefined;
  #recent = new RecentlySent([]);
  #tally: RowTally | undefined;
  #savedAt = 0;
  #sentSinceSave = false;

  constructor(deps: ReaderDeps) {
    this.#deps = deps;
    this.#labels = { source: deps.options.name };
    this.#ticks = new Ticks(deps);
  }

  /**
   * Reads and sends new rows, then a tick.
   *
   * @throws SourceError, or what `pg` throws. Close the connection then. The next call continues where this one ended.
   */
  async poll(client: SourceClient, layout: SourceLayout): Promise<void> {
    const view = await openView(client, layout, this.#deps.options.connection.statementTimeoutMs);
    const clock = Math.round(this.#at(view) * 1000);
    let state = await this.#stateFor(view);
    this.#ticks.begin(state, clock);
    for (const level of levels) state = await this.#readLevel(state, level, view);
    await client.finish();
    state = moveBounds(state, this.#at(view), this.#deps.options.lookbackMs);
    this.#state = await this.#ticks.send(state, view, clock);
    const idle = performance.now() - this.#savedAt > idleSaveMs;
    this.#recent.forget(readAgainMs(this.#state) * 1000);
    if (this.#sentSinceSave || idle) await this.#saved(this.#state);
  }

  /** When the snapshot was taken, by this process's clock, milliseconds. */
  #at(view: PollSnapshot): number {
    return this.#deps.clock.at(view.clock / 1000);
  }

  /** The counts of rows read, each row once; undefined before the first poll. */
  get rows(): SourceRows | undefined {
    return this.#tally?.shown;
  }

  /** Saves the acknowledged state. Called at a stop, so the next start sends no closed window again. */
  async save(): Promise<void> {
    if (this.#state === undefined) return;
    const sentLately = this.#recent.windows(readAgainMs(this.#state) * 1000);
    await this.#saved({ ...this.#state, sentLately });
  }

  async #saved(positions: SourceState): Promise<SourceState> {
    const state = { ...positions, ...(this.#tally && { rows: this.#tally.stored }) };
    await this.#deps.progress
      .save(this.#deps.options.name, state)
      .catch((error: unknown) => Promise.reject(storeRefused(error)));
    // Set only after the save; see the top of this file.
    this.#state = state;
    this.#savedAt = performance.now();
    this.#sentSinceSave = false;
    return state;
  }

  async #stateFor(view: PollSnapshot): Promise<SourceState> {
    const known = this.#state ?? (await this.#load(view));
    const identity = await identityOf(known, view);
    const state =
      identity === "same" ? known : await this.#afterIdentityChange(known, view, identity);
    return this.#sendHistory(state, view);
  }

  async #load(view: PollSnapshot): Promise<SourceState> {
    const { options, progress } = this.#deps;
    const stored = await progress
      .load(options.name)
      .catch((error: unknown) => Promise.reject(storeRefused(error)));
    this.#tally = new RowTally(stored?.rows);
    if (stored === undefined) return this.#saved(this.#firstState(view));
    if ("sent" in stored) return this.#saved(afterOverlap(stored, this.#start(view)));
    const { sentLately = [], ...state } = stored;
    this.#recent = new RecentlySent(sentLately);
    this.#state = state;
    return state;
  }

  /** The state with which reading begins at this snapshot. Older rows are history, or another reader has read them. */
  #start(view: PollSnapshot): SourceState {
    const { systemIdentifier, relfilenode } = view;
    const positions = startLevels(view.xmin, this.#at(view), this.#deps.options.lookbackMs);
    return { version: 1, systemIdentifier, relfilenode, ...positions, marks: [] };
  }

  #firstState(view: PollSnapshot): SourceState {
    const untilMs = this.#at(view);
    const sinceMs = untilMs - this.#deps.options.history.ms;
    return { ...this.#start(view), history: { sinceMs, untilMs } };
  }

  /** Sends the history, if it is not sent yet. */
  async #sendHistory({ history, ...state }: SourceState, view: PollSnapshot): Promise<SourceState> {
    if (history === undefined) return state;
    const { options, delivery, clock, logger } = this.#deps;
    const { horizon } = state.levels[0];
    // Only history was sent so far, and history is sent again from its beginning.
    this.#recent = new RecentlySent([]);
    const counted = await sendHistory(view, delivery, {
      ...history,
      options,
      horizon,
      recent: this.#recent,
      clock,
      logger,
    });
    this.#tally?.acknowledged("history", counted);
    this.#tally?.close("history");
    logger.info({ rows: counted.read }, "history sent");
    return this.#saved(state);
  }

  async #afterIdentityChange(
    state: SourceState,
    view: PollSnapshot,
    identity: Exclude<TableIdentity, "same">,
  ): Promise<SourceState> {
    // Usually a page in doubt is read again with its window. After a rewrite that is impossible, so send the page now.
    if (this.#inDoubt !== undefined) await this.#deliver(this.#inDoubt);
    this.#countSent(state);
    this.#acknowledged.length = 0;
    const { systemIdentifier, relfilenode } = view;
    if (identity === "moved") {
      this.#deps.logger.info("table rewritten, its transactions kept");
      const sentOf = this.#recent.of.bind(this.#recent);
      return this.#saved(renumberOpen({ ...state, relfilenode }, sentOf));
    }
    this.#deps.metrics.rewrites.inc(this.#labels);
    this.#deps.logger.warn({ reason: identity.lost }, "source rewritten, reading starts anew");
    const { history } = state;
    // The history is not sent completely. It starts again with all present rows.
    if (history !== undefined) return this.#saved({ ...this.#start(view), history });
    const fresh = { ...state, systemIdentifier, relfilenode };
    const now = { xmin: view.xmin, clockMs: this.#at(view) };
    return this.#saved(afterRewrite(fresh, now, this.#recent));
  }

  /**
   * Counts the sent rows of the open windows, because they are not read again. An earlier process may have sent them.
   */
  #countSent({ levels: states }: SourceState): void {
    for (const level of levels) {
      const { open } = states[level];
      if (open === undefined || this.#tally?.isOpen(`level ${level}`) === true) continue;
      const read = this.#recent.importancesOf(level, open.number);
      this.#tally?.acknowledged(`level ${level}`, { read, leftOut: {} });
    }
    this.#tally?.closeAll();
  }

  /** Reads the window that a failed poll left open, then the next one. Does nothing until the level is due. */
  async #readLevel(before: SourceState, level: Level, view: PollSnapshot): Promise<SourceState> {
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
    { window, view }: { readonly window: SourceWindow; readonly view: PollSnapshot },
  ): Promise<SourceState> {
    const startedAt = performance.now();
    let sendingMs = 0;
    let state = before;
    const known = new Multiset(window.except ?? []);
    if (this.#acknowledged[level] === undefined) this.#recent.forgetWindow(level, window.number);
    try {
      for await (const read of pages(
        view,
        windowQuery(view, { level, window }, this.#deps.options),
      )) {
        const page = read.filter((row) => !known.take(row));
        const sendingFrom = performance.now();
        state = await this.#handOn(page, { state, level, window }).finally(() => {
          sendingMs += performance.now() - sendingFrom;
        });
      }
    } finally {
      // Also after a failure: a slow level that always fails must pause, so the faster levels are read.
      const now = performance.now();
      const readMs = now - startedAt - sendingMs;
      this.#pacing.ran(level, readMs, now);
      this.#deps.metrics.windowSeconds.observe({ ...this.#labels, level }, readMs / 1000);
    }
    this.#acknowledged[level] = undefined;
    this.#tally?.close(`level ${level}`);
    if (this.#inDoubt?.level === level) this.#inDoubt = undefined;
    // Kept in memory at once, so this window is not read again after a later failure in this poll.
    this.#state = closed(state, level, window.to);
    return this.#state;
  }

  /** Stores the window as open, if it is not stored yet, and sends one page of it. */
  async #handOn(
    page: readonly RawRow[],
    { state, level, window }: { state: SourceState; level: Level; window: SourceWindow },
  ): Promise<SourceState> {
    const isOpen = state.levels[level].open !== undefined;
    const next = isOpen ? state : await this.#saved(opened(state, level, window));
    await this.#send(page, level, window.number);
    return next;
  }

  async #send(rows: readonly RawRow[], level: Level, window: number): Promise<void> {
    const unsent = rows.filter((row) => isAfter(this.#acknowledged[level], row));
    const last = unsent.at(-1);
    if (last === undefined) return;
    await this.#deliver({ level, window, rows: unsent });
    this.#acknowledged[level] = placeOf(last);
  }

  async #deliver(page: SentPage): Promise<void> {
    const { delivery, options } = this.#deps;
    const { level, window } = page;
    this.#inDoubt = page;
    const { rows: parsed, counted } = delivery.parse(page.rows);
    const tooLarge = await delivery.rows(parsed, (model, rows) => ({
      kind: "rows",
      model,
      source: options.name,
      level,
      window,
      rows,
    }));
    this.#inDoubt = undefined;
    this.#tally?.acknowledged(`level ${level}`, andTooLarge(counted, tooLarge));
    this.#recent.add(page, counted.read);
    this.#sentSinceSave = true;
  }
}
