/** The stored state of a poller, and the port to its storage. */

import type { SentRow } from "./multiset.ts";
import type { RawRow } from "./rows.ts";
import type { SourceRows } from "./source-rows.ts";

/** A full (64-bit) transaction id as decimal text: it does not fit a JSON number. */
export type Xid = string;

/** A part of the source that can be read again: the rows whose transaction and time lie between these bounds. */
export interface SourceWindow {
  /** Grows by one within a level. The first is 1, or follows the last page of a view that the table replaced. */
  readonly number: number;
  /** First transaction of the window. */
  readonly from: Xid;
  /** First transaction after the window. All earlier transactions had ended when the window was opened. */
  readonly to: Xid;
  /**
   * Only rows later than this, milliseconds since 1970. If absent, there is no lower bound, and rows without a time are
   * included.
   */
  readonly above?: number;
  /** Only rows at or before this, milliseconds since 1970. If absent, there is no upper bound. */
  readonly upTo?: number;
  /** Rows that were sent under another window number. As many of each are left out. If absent, none. */
  readonly except?: readonly SentRow[];
}

/** The rows of a window that were sent. */
export interface SentWindow {
  readonly level: number;
  readonly window: number;
  /** In order of time. */
  readonly rows: readonly SentRow[];
  /** How many importances they hold. If left out, one a row. */
  readonly importances?: number;
}

export interface LevelState {
  /** All rows of this level from transactions before it have been acknowledged by the sink. */
  readonly horizon: Xid;
  /** Number of the last window that was opened; 0 before the first. */
  readonly lastWindow: number;
  /** A window that was opened and perhaps sent in part. It is read again and closed before the next one. */
  readonly open?: SourceWindow;
}

/**
 * The mark of a poll. Once the horizon has reached `ceiling`, every transaction that began writing before `clock` has
 * been delivered.
 */
export interface PollMark {
  /** Above every transaction id that existed when the poll began. */
  readonly ceiling: Xid;
  /** The source's clock when the poll began, microseconds since 1970. */
  readonly clock: number;
}

/** The stored state of the poller of one plain table: one JSON document. */
export interface SourceState {
  readonly version: 1;
  /** Identity of the Postgres cluster and its timeline. With another identity, transaction ids have another meaning. */
  readonly systemIdentifier: string;
  /** Identity of the table's file. With another identity, rows have other physical places. */
  readonly relfilenode: string;
  /** The levels of the last minutes, of the last day, and of older rows. */
  readonly levels: readonly [LevelState, LevelState, LevelState];
  /** The bounds between levels 0 and 1, and between levels 1 and 2; milliseconds since 1970. */
  readonly bounds: readonly [number, number];
  /** Oldest first, at most 64. */
  readonly marks: readonly PollMark[];
  /** The times of the history that is still to be sent; ms since 1970. Absent once the history is sent. */
  readonly history?: { readonly sinceMs: number; readonly untilMs: number };
  /** Watermark of the last tick, microseconds since 1970; absent before the first tick. */
  readonly watermark?: number;
  /** Newest row time delivered, at most the clock of its poll, microseconds since 1970; absent while unknown. */
  readonly newest?: number;
  /**
   * Counts of rows of closed windows and of the history. Absent if an older version stored the state without counts.
   */
  readonly rows?: SourceRows;
  /** Sent rows that would be read again if the table were rewritten now. Only an orderly stop stores them. */
  readonly sentLately?: readonly SentWindow[];
}

/**
 * The stored state of the poller of a source without transaction ids and places: a view, a foreign or partitioned
 * table.
 */
export interface OverlapState {
  readonly version: 1;
  /** Rows up to this time have been read, never later than the clock of the newest poll. Microseconds since 1970. */
  readonly cursor: number;
  /** Number of the last page, counting from 1. It is the window of the page's records. */
  readonly lastPage: number;
  /** Number of rows sent so far. It is the place (`tid`) of the last row. */
  readonly lastTid: number;
  /** A page that was stored and perhaps sent. It is sent again before anything else. */
  readonly page?: { readonly rows: readonly RawRow[]; readonly isHistory: boolean };
  /** Rows that were sent and that the next poll reads again. */
  readonly sent: readonly SentRow[];
  /**
   * Set until the first poll has read to its end. Rows up to `until` are history; `models` are the models seen so far.
   */
  readonly history?: { readonly until: number; readonly models: readonly string[] };
  /** Counts of rows read so far. Absent if an older version stored the state without counts. */
  readonly rows?: SourceRows;
  readonly marks: readonly PollMark[];
  readonly watermark?: number;
  readonly newest?: number;
}

export type StoredProgress = SourceState | OverlapState;

export interface SourceProgress {
  load(source: string): Promise<StoredProgress | undefined>;
  /**
   * Replaces the document, durably. Called before the first record of a window is sent, after a poll that sent rows,
   * every few seconds while no rows arrive, and at a stop.
   */
  save(source: string, state: StoredProgress): Promise<void>;
}
