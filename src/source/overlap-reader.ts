/**
 * Reading of what has no transaction ids and places of its own: views, foreign, partitioned and inherited tables.
 *
 * Every poll reads all rows later than its cursor less the overlap, and sends what there is more of than was sent
 * before: rows that are the same in every column are counted, so duplicates come as often as they are there. A row
 * that commits within the overlap after its timestamp is found by the first poll after its commit, since the cursor is
 * at most the clock of the poll before. What comes later than that is missed, which `check` says.
 *
 * A page cannot be read again as it was, so it is stored, with the cursor behind it, before it is sent; after a crash it
 * is sent once more under the same number, and dropped by position where it had arrived.
 */
import type { Client } from "pg";
import { storeRefused } from "./errors.ts";
import type { SourceLayout } from "./layout.ts";
import { Multiset } from "./multiset.ts";
import { slowTimeoutMs } from "./options.ts";
import type { OverlapState, StoredProgress } from "./progress.ts";
import { readAgainMs } from "./rewrite.ts";
import { keyOf, type RawRow } from "./rows.ts";
import { newestRows, overlapRows } from "./sql/overlap.ts";
import { Ticks } from "./ticks.ts";
import type { ReaderDeps } from "./transaction-window-reader.ts";
import { openView, pages, type SourceView } from "./view.ts";

/** While nothing is sent, the cursor is saved no more often than this. */
const idleSaveMs = 5_000;

export class OverlapReader {
  readonly #deps: ReaderDeps;
  readonly #ticks: Ticks;
  #state: OverlapState | undefined;
  #sent = new Multiset([]);
  #savedAt = 0;
  #sentSinceSave = false;

  constructor(deps: ReaderDeps) {
    this.#deps = deps;
    this.#ticks = new Ticks(deps, deps.options.overlapMs);
  }

  /** As {@link Reading.poll}. */
  async poll(client: Client, layout: SourceLayout): Promise<void> {
    const { options, clock } = this.#deps;
    const view = await openView(client, layout, slowTimeoutMs(options.connection));
    const now = Math.round(clock.at(view.clock / 1000) * 1000);
    let state = await this.#sendPage(this.#state ?? (await this.#load(view, now)));
    state = await this.#readOn(state, view, now);
    await client.query("COMMIT");
    state = await this.#endHistory({ ...state, cursor: Math.max(state.cursor, now) });
    this.#sent.forget(this.#boundMs(state) * 1000);
    this.#state = await this.#ticks.send(state, view, now);
    const idle = performance.now() - this.#savedAt > idleSaveMs;
    if (this.#sentSinceSave || idle) await this.save();
  }

  async save(): Promise<void> {
    if (this.#state !== undefined) await this.#saved(this.#state);
  }

  /** Milliseconds, for the query; what is forgotten must be exactly what it leaves out. */
  #boundMs({ cursor }: OverlapState): number {
    return Math.floor(cursor / 1000) - this.#deps.options.overlapMs;
  }

  async #load(view: SourceView, now: number): Promise<OverlapState> {
    const { progress, options } = this.#deps;
    const stored = await progress
      .load(options.name)
      .catch((error: unknown) => Promise.reject(storeRefused(error)));
    const state =
      stored === undefined
        ? await this.#firstState(view, now)
        : asOverlap(stored, now, options.overlapMs);
    this.#sent = new Multiset(state.sent);
    this.#state = state;
    // At once: where history ends is decided once, whatever fails before the first page.
    return stored === undefined ? this.#saved(state) : state;
  }

  async #firstState(view: SourceView, now: number): Promise<OverlapState> {
    const { options, clock } = this.#deps;
    const { ms, maxRows } = options.history;
    const wanted = new Date(clock.at(view.clock / 1000) - (maxRows > 0 ? ms : 0)).toISOString();
    const { rows } = await view.client.query<{ since: number }>(newestRows(view.layout), [
      wanted,
      maxRows,
    ]);
    const since = rows[0]?.since ?? Date.parse(wanted) * 1000;
    // The query reads above the cursor less the overlap.
    const cursor = (Math.ceil(since / 1000) + options.overlapMs) * 1000;
    const history = { until: now, models: [] };
    return { version: 1, cursor, lastPage: 0, lastTid: 0, sent: [], marks: [], history };
  }

  async #readOn(before: OverlapState, view: SourceView, now: number): Promise<OverlapState> {
    const { options } = this.#deps;
    const bound = new Date(this.#boundMs(before)).toISOString();
    const query = {
      text: overlapRows(view.layout),
      values: [bound],
      pageRows: options.pageRows,
      timeoutMs: slowTimeoutMs(options.connection),
    };
    let state = before;
    let surplus: RawRow[] = [];
    for await (const page of pages(view, query)) {
      for (const row of this.#unsent(page)) {
        const isFull = surplus.length >= options.pageRows;
        if (isFull || passesHistory(state, surplus, row)) {
          state = await this.#sendPage(await this.#stored(state, surplus, now));
          surplus = [];
        }
        surplus.push(row);
      }
    }
    return surplus.length === 0 ? state : this.#sendPage(await this.#stored(state, surplus, now));
  }

  /** @yields each row as often as there are more of it than were sent */
  *#unsent(page: readonly RawRow[]): Generator<RawRow> {
    for (const row of page) {
      for (let known = this.#sent.countOf(row); known < Number(row[3]); known += 1) yield row;
    }
  }

  /** Stores a page with the cursor behind it. */
  async #stored(
    state: OverlapState,
    surplus: readonly RawRow[],
    now: number,
  ): Promise<OverlapState> {
    const first = surplus[0];
    if (first === undefined) return state;
    for (const row of surplus) this.#sent.add(row);
    const lastTs = surplus.at(-1)?.[0] ?? 0;
    // Rows ahead of the clock must not carry the cursor with them.
    const cursor = Math.max(state.cursor, Math.min(lastTs, now));
    const rows = surplus.map(
      ([ts, feature, importance, , model], i): RawRow => [
        ts,
        feature,
        importance,
        `(0,${state.lastTid + 1 + i})`,
        model,
      ],
    );
    const isHistory = (first[0] ?? 0) <= (state.history?.until ?? -Infinity);
    return this.#saved({
      ...state,
      cursor,
      lastPage: state.lastPage + 1,
      lastTid: state.lastTid + surplus.length,
      page: { rows, isHistory },
    });
  }

  /** Sends the stored page, if there is one. */
  async #sendPage(state: OverlapState): Promise<OverlapState> {
    const { delivery, options } = this.#deps;
    const { page, ...rest } = state;
    if (page === undefined) return state;
    const { name: source } = options;
    const rows = delivery.parse(page.rows);
    await delivery.rows(rows, (model, part) =>
      page.isHistory
        ? { kind: "history", model, source, rows: part, last: false }
        : { kind: "rows", model, source, level: 0, window: state.lastPage, rows: part },
    );
    this.#sentSinceSave = true;
    const models = new Set(page.isHistory ? rest.history?.models : []);
    for (const { model } of page.isHistory ? rows : []) models.add(keyOf(options, model));
    const { history } = rest;
    const next =
      history === undefined
        ? rest
        : {
            ...rest,
            history: { ...history, models: [...new Set([...history.models, ...models])] },
          };
    this.#state = next;
    return next;
  }

  /** The first poll that has read to its end closes the history of each model. */
  async #endHistory(state: OverlapState): Promise<OverlapState> {
    const { history, ...rest } = state;
    if (history === undefined) return state;
    const { delivery, options, logger } = this.#deps;
    const { name: source } = options;
    await delivery.records(
      history.models.map((model) => ({ kind: "history", model, source, rows: [], last: true })),
    );
    logger.info({ models: history.models.length }, "history sent");
    this.#state = rest;
    return rest;
  }

  async #saved(state: OverlapState): Promise<OverlapState> {
    const stored = { ...state, sent: this.#sent.rows() };
    await this.#deps.progress.save(this.#deps.options.name, stored).catch((error: unknown) => {
      // It may stand or not: what is stored decides, with the rows that were about to count as sent.
      this.#state = undefined;
      return Promise.reject(storeRefused(error));
    });
    this.#state = state;
    this.#savedAt = performance.now();
    this.#sentSinceSave = false;
    return state;
  }
}

/** A page is all history or none of it. */
function passesHistory({ history }: OverlapState, page: readonly RawRow[], next: RawRow): boolean {
  const [last] = page.slice(-1);
  if (history === undefined || last === undefined) return false;
  return (last[0] ?? 0) <= history.until && (next[0] ?? 0) > history.until;
}

/** What was a table before goes on above its windows, with what would be read again if it were rewritten. */
function asOverlap(stored: StoredProgress, now: number, overlapMs: number): OverlapState {
  if ("sent" in stored) return stored;
  const { watermark = now, sentLately = [] } = stored;
  const lastPage = stored.levels[0].lastWindow;
  // The query reads above the cursor less the overlap.
  const cursor = (readAgainMs({ watermark }) + overlapMs) * 1000;
  const sent = sentLately.flatMap(({ rows }) => rows);
  return { version: 1, cursor, lastPage, lastTid: 0, sent, marks: [] };
}
