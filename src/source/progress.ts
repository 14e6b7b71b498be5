/** The stored state of a poller, and the port to where it is stored. Declared here because the source needs it. */

import type { SentRow } from "./multiset.ts";
import type { RawRow } from "./rows.ts";
import type { SourceRows } from "./source-rows.ts";

/** A full (64-bit) transaction id as decimal text: it does not fit a JSON number. */
export type Xid = string;

/** A part of the source that can be read again: the rows whose transaction and time lie between these bounds. */
export interface SourceWindow {
  /** Ascending by one within a level: from 1, or after the last page of a view that the table replaced. */
  readonly number: number;
  /** First transaction of the window. */
  readonly from: Xid;
  /** First transaction after it; all before it had ended when the window was opened. */
  readonly to: Xid;
  /** Only rows later than this, milliseconds since 1970. Absent: no lower bound, and rows without a time too. */
  readonly above?: number;
  /** Only rows at or before this, milliseconds since 1970. Absent: no upper bound. */
  readonly upTo?: number;
  /** Rows that were sent under another number already. As many of each are left out. Absent: none. */
  readonly except?: readonly SentRow[];
}

/** The rows of a window that were sent. */
export interface SentWindow {
  readonly level: number;
  readonly window: number;
  /** In order of time. */
  readonly rows: readonly SentRow[];
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
 * What a poll leaves for later ones. Once the horizon has reached `ceiling`, every transaction that began writing
 * before `clock` has been delivered.
 */
export interface PollMark {
  /** Above every transaction id that had been given out when the poll began. */
  readonly ceiling: Xid;
  /** The source's clock when the poll began, microseconds since 1970. */
  readonly clock: number;
}

/** Everything that the poller of one source remembers: one JSON document. */
export interface SourceState {
  readonly version: 1;
  /** Of the Postgres cluster and its timeline; another one means other transaction ids. */
  readonly systemIdentifier: string;
  /** Of the table's file; another one means other physical places. */
  readonly relfilenode: string;
  /** The last minutes, the last day, the rest. */
  readonly levels: readonly [LevelState, LevelState, LevelState];
  /** Between level 0 and 1, and between 1 and 2; milliseconds since 1970. */
  readonly bounds: readonly [number, number];
  /** Oldest first, at most 64. */
  readonly marks: readonly PollMark[];
  /** The history between these times, up to the horizon, is still to be sent; ms since 1970. Absent once it is sent. */
  readonly history?: { readonly sinceMs: number; readonly untilMs: number };
  /** Of the last tick, microseconds since 1970; absent before the first. */
  readonly watermark?: number;
  /** Newest row time delivered, at most the clock of its poll, microseconds since 1970; absent while unknown. */
  readonly newest?: number;
  /** Rows of closed windows and of the history; absent in what older versions stored: none were counted. */
  readonly rows?: SourceRows;
  /** What would be read again if the table were rewritten now; stored by an orderly stop only. */
  readonly sentLately?: readonly SentWindow[];
}

/** What the poller remembers of a source without transaction ids and places: a view, a foreign or partitioned table. */
export interface OverlapState {
  readonly version: 1;
  /** Rows up to this time have been read, never later than the clock of the newest poll. Microseconds since 1970. */
  readonly cursor: number;
  /** Number of the last page, from 1; the window of its records. */
  readonly lastPage: number;
  /** Rows sent so far: the place of the last one. */
  readonly lastTid: number;
  /** A page that was stored and perhaps sent. It is sent again before anything else. */
  readonly page?: { readonly rows: readonly RawRow[]; readonly isHistory: boolean };
  /** Rows that were sent and that the next poll reads again. */
  readonly sent: readonly SentRow[];
  /** Until the first poll has read to its end: rows up to `until` are history, of these models so far. */
  readonly history?: { readonly until: number; readonly models: readonly string[] };
  /** Rows read so far, with those left out by reason; absent in what older versions stored: none were counted. */
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
   * every few seconds while nothing comes, and at a stop.
   */
  save(source: string, state: StoredProgress): Promise<void>;
}
