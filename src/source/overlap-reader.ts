/**
 * Reads sources whose rows have no transaction ids of their own: views, foreign, partitioned and inherited tables.
 *
 * # How a poll reads
 *
 *                         ┌── read again by every poll ──┐
 *     ────────────────────┼──────────────────────────────┼───────────────► timestamp
 *                  cursor - overlap                    cursor
 *
 * A poll reads every row later than `cursor - overlap`. It compares the rows with those that were sent before and sends
 * the surplus. Rows that are equal in every column are counted, so duplicates are sent as often as they exist.
 *
 * # What is missed
 *
 * The cursor is never later than the source's clock at the poll before. So the first poll after a commit finds the row
 * if the commit came within the overlap after the row's timestamp. A row that commits later than that is missed.
 * `driftwarden check` warns of it.
 *
 * # Failure handling
 *
 * A later query may return other rows, so a page cannot be read a second time. Each page is therefore stored before it
 * is sent, together with the cursor after it. After a crash the stored page is sent again under the same number.
 * Detection drops by position the rows that had arrived.
 */
import type { SourceClient } from "./client.ts";
import { storeRefused } from "./errors.ts";
import type { SourceLayout } from "./layout.ts";
import { Multiset } from "./multiset.ts";
import { slowTimeoutMs } from "./options.ts";
import type { OverlapState } from "./progress.ts";
import type { ReaderDeps } from "./reader-deps.ts";
import { asOverlap } from "./rewrite.ts";
import { keyOf, type RawRow } from "./rows.ts";
import { andTooLarge, noSourceRows, type SourceRows, sumOf } from "./source-rows.ts";
import { newestRows, overlapRows } from "./sql/overlap.ts";
import { Ticks } from "./ticks.ts";
import { lengthOf, openView, type PollSnapshot, pageLength, pages } from "./view.ts";

/** While nothing is sent, the cursor is saved at most this often. */
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

  /** Reads and sends new rows, then a tick. @throws SourceError, or what `pg` throws */
  async poll(client: SourceClient, layout: SourceLayout): Promise<void> {
    const { options, clock } = this.#deps;
    const view = await openView(client, layout, slowTimeoutMs(options.connection));
    const now = Math.round(clock.at(view.clock / 1000) * 1000);
    const before = this.#state ?? (await this.#load(view, now));
    this.#ticks.begin(before, now);
    let state = await this.#sendPage(before);
    state = await this.#readOn(state, view, now);
    await client.finish();
    state = await this.#endHistory({ ...state, cursor: Math.max(state.cursor, now) });
    this.#sent.forget(this.#boundMs(state) * 1000);
    this.#state = await this.#ticks.send(state, view, now);
    const idle = performance.now() - this.#savedAt > idleSaveMs;
    if (this.#sentSinceSave || idle) await this.save();
  }

  /** The counts of rows read, each row once; undefined before the first poll. */
  get rows(): SourceRows | undefined {
    return this.#state === undefined ? undefined : (this.#state.rows ?? noSourceRows);
  }

  async save(): Promise<void> {
    if (this.#state !== undefined) await this.#saved(this.#state);
  }

  /**
   * The query reads rows later than this, ms since 1970. Rows up to it are dropped from memory, because they are not
   * read again.
   */
  #boundMs({ cursor }: OverlapState): number {
    return Math.floor(cursor / 1000) - this.#deps.options.overlapMs;
  }

  async #load(view: PollSnapshot, now: number): Promise<OverlapState> {
    const { progress, options } = this.#deps;
    const stored = await progress
      .load(options.name)
      .catch((error: unknown) => Promise.reject(storeRefused(error)));
    const state =
      stored === undefined
        ? await this.#firstState(view, now)
        : asOverlap(stored, { now, overlapMs: options.overlapMs });
    this.#sent = new Multiset(state.sent);
    this.#state = state;
    // Saved at once, so the end of history is decided once even if the first page fails.
    return stored === undefined ? this.#saved(state) : state;
  }

  async #firstState(view: PollSnapshot, now: number): Promise<OverlapState> {
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

  async #readOn(before: OverlapState, view: PollSnapshot, now: number): Promise<OverlapState> {
    const { options } = this.#deps;
    const bound = new Date(this.#boundMs(before)).toISOString();
    const query = {
      text: overlapRows(view.layout),
      values: [bound],
      pageRows: view.layout.shape.pageRows(options.pageRows),
      timeoutMs: slowTimeoutMs(options.connection),
    };
    let state = before;
    let surplus: RawRow[] = [];
    let length = 0;
    for await (const page of pages(view, query)) {
      for (const row of this.#unsent(page)) {
        const isFull = surplus.length >= query.pageRows || length >= pageLength;
        if (isFull || passesHistory(state, surplus, row)) {
          state = await this.#sendPage(await this.#stored(state, surplus, now));
          [surplus, length] = [[], 0];
        }
        surplus.push(row);
        length += lengthOf(row);
      }
    }
    return surplus.length === 0 ? state : this.#sendPage(await this.#stored(state, surplus, now));
  }

  /** @yields each row once for each occurrence that was not sent */
  *#unsent(page: readonly RawRow[]): Generator<RawRow> {
    for (const row of page) {
      for (let known = this.#sent.countOf(row); known < Number(row[3]); known += 1) yield row;
    }
  }

  /** Stores a page with the cursor after it. */
  async #stored(
    state: OverlapState,
    surplus: readonly RawRow[],
    now: number,
  ): Promise<OverlapState> {
    const first = surplus[0];
    if (first === undefined) return state;
    for (const row of surplus) this.#sent.add(row);
    const lastTs = surplus.at(-1)?.[0] ?? 0;
    // A row whose timestamp is ahead of the clock must not move the cursor there.
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
    const { page, ...before } = state;
    if (page === undefined) return state;
    const { name: source } = options;
    const { rows, counted } = delivery.parse(page.rows);
    const tooLarge = await delivery.rows(rows, (model, part) =>
      page.isHistory
        ? { kind: "history", model, source, rows: part, last: false }
        : { kind: "rows", model, source, level: 0, window: state.lastPage, rows: part },
    );
    this.#sentSinceSave = true;
    const rest = {
      ...before,
      rows: sumOf(before.rows ?? noSourceRows, andTooLarge(counted, tooLarge)),
    };
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

  /** Closes the history of each model after the first poll that has read to its end. */
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
      // The save may have succeeded. So the next poll loads the stored state, with the rows that count as sent.
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
