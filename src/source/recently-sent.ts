/**
 * Keeps the rows that the stream acknowledged last, in their raw form. If the table is rewritten, they are recognised
 * among the rows that are read again. Their digests are computed only when they are needed.
 */
import { Multiset, type SentRow } from "./multiset.ts";
import type { SentWindow } from "./progress.ts";
import type { RawRow } from "./rows.ts";

export interface SentPage {
  readonly level: number;
  readonly window: number;
  /** In order of time. */
  readonly rows: readonly RawRow[];
}

/**
 * Most rows and characters that are kept. If a source writes more than this in a minute, the oldest pages are dropped.
 */
const maxRows = 50_000;
const maxLength = 12_000_000;

const lengthOf = ({ rows }: SentPage): number =>
  rows.reduce((sum, [, feature, importance, , model]) => {
    return sum + (feature?.length ?? 0) + (importance?.length ?? 0) + (model?.length ?? 0);
  }, 0);

export class RecentlySent {
  #former: readonly SentWindow[];
  readonly #pages: (SentPage & { readonly importances: number })[] = [];
  #count = 0;
  /** Total length of all cells, in characters. */
  #length = 0;

  /** @param former the windows that an earlier process has stored */
  constructor(former: readonly SentWindow[]) {
    this.#former = former;
  }

  /** @param importances how many the rows hold; a row that is left out as a whole is one */
  add(page: SentPage, importances: number): void {
    this.#pages.push({ ...page, importances });
    this.#count += page.rows.length;
    this.#length += lengthOf(page);
    const isFull = (): boolean => this.#count > maxRows || this.#length > maxLength;
    while (isFull() && this.#pages.length > 1) this.#dropOldest();
  }

  /** Drops pages that will not be read again: pages whose rows are all at `ts` or before, microseconds. */
  forget(ts: number): void {
    while ((this.#pages[0]?.rows.at(-1)?.[0] ?? Infinity) <= ts) this.#dropOldest();
  }

  /** Drops the rows of a window that an earlier process sent, because the window is sent again from its beginning. */
  forgetWindow(level: number, window: number): void {
    this.#former = this.#former.filter((sent) => sent.level !== level || sent.window !== window);
  }

  #dropOldest(): void {
    const oldest = this.#pages.shift();
    if (oldest === undefined) return;
    this.#count -= oldest.rows.length;
    this.#length -= lengthOf(oldest);
  }

  /** The rows later than `ts`, microseconds, for the store. */
  windows(ts: number): readonly SentWindow[] {
    const windows = [...this.#former, ...this.#pages.map(counted)];
    return windows
      .map((window) => ({ ...window, rows: window.rows.filter(([at]) => at > ts) }))
      .filter(({ rows }) => rows.length > 0);
  }

  /** How many importances the kept rows of one window hold. */
  importancesOf(level: number, window: number): number {
    const kept = this.#windowsOf(level, window);
    return kept.reduce((sum, { importances, rows }) => sum + (importances ?? countOf(rows)), 0);
  }

  /** The kept rows of one window. */
  of(level: number, window: number): readonly SentRow[] {
    return this.#windowsOf(level, window).flatMap(({ rows }) => rows);
  }

  #windowsOf(level: number, window: number): readonly SentWindow[] {
    const isMeant = (sent: Omit<SentWindow, "rows">): boolean =>
      sent.level === level && sent.window === window;
    return [...this.#former.filter(isMeant), ...this.#pages.filter(isMeant).map(counted)];
  }
}

const countOf = (rows: readonly SentRow[]): number =>
  rows.reduce((sum, [, , count]) => sum + count, 0);

function counted({
  level,
  window,
  rows,
  importances,
}: SentPage & { readonly importances: number }): SentWindow {
  const sent = new Multiset([]);
  for (const row of rows) sent.add(row);
  return { level, window, rows: sent.rows(), importances };
}
