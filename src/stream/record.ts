/** The records of the stream, as plain data. Only these records change the state of detection. */
import type { ModelKey } from "../model-key.ts";

/** One importance of the source. */
export interface Row {
  /**
   * Microseconds since 1970, UTC. May be ±Infinity, because Postgres has infinite times. Detection's gate judges such
   * values.
   */
  readonly ts: number;
  readonly feature: string;
  /** May be NaN or ±Infinity. Detection's gate judges such values. */
  readonly importance: number;
  /** Physical place in the source, block × 65536 + line. Orders rows with the same timestamp. */
  readonly tid: number;
  /** Place of the importance in its row of the table, from 0. If left out, the row of the table holds one importance. */
  readonly place?: number;
}

/** Rows of one model, in (ts, tid) order within (level, window). Detection drops rows up to its last position. */
export interface RowsRecord {
  readonly kind: "rows";
  readonly model: ModelKey;
  readonly source: string;
  readonly level: number;
  readonly window: number;
  readonly rows: readonly Row[];
}

/**
 * Rows from before the first start, in time order. Detection learns from them and makes no decision. `last` closes the
 * history.
 */
export interface HistoryRecord {
  readonly kind: "history";
  readonly model: ModelKey;
  readonly source: string;
  readonly rows: readonly Row[];
  readonly last: boolean;
}

/** The heartbeat of a source. It is sent to every partition after a successful poll. */
export interface TickRecord {
  readonly kind: "tick";
  readonly source: string;
  /** Microseconds since 1970: every transaction that began writing before this time has been delivered. */
  readonly watermark: number;
  /** The source's clock at the poll, microseconds since 1970. */
  readonly clock: number;
  /** Time before `clock` without a successful poll of the source, microseconds. If left out, 0. */
  readonly gap?: number;
  /** Newest delivered row time of this source, at most `clock`, microseconds since 1970. If left out, unknown. */
  readonly newest?: number;
}

/** An announced deploy or retrain. Later importances are the new normal. */
export interface MarkerRecord {
  readonly kind: "marker";
  readonly id: string;
  readonly model: ModelKey;
  /** Microseconds since 1970. */
  readonly at: number;
  /** The announced event, for example `retrain`. */
  readonly marker: string;
}

/** A person's verdict that detection may learn from. */
export interface FeedbackRecord {
  readonly kind: "feedback";
  readonly id: string;
  readonly model: ModelKey;
  /** Microseconds since 1970. */
  readonly at: number;
  readonly verdict: "real" | "false_positive" | "wont_do";
  readonly features: readonly string[];
}

/** A question to the model's own detectors: has the model recovered since this run? */
export interface VerifyRecord {
  readonly kind: "verify";
  /** The id of the run that asks. The answer contains it. */
  readonly run: string;
  readonly model: ModelKey;
  /** When the run acted, microseconds since 1970; only attributions after it count. */
  readonly since: number;
  /** Judge no earlier than this, microseconds since 1970. */
  readonly notBefore: number;
  /** Judge only after this many attributions. */
  readonly minAttributions: number;
  /** Inconclusive after this many cadences without an answer. */
  readonly giveUpCadences: number;
}

export type StreamRecord =
  | RowsRecord
  | HistoryRecord
  | TickRecord
  | MarkerRecord
  | FeedbackRecord
  | VerifyRecord;

/** A record about one model. */
export type ModelRecord = Exclude<StreamRecord, TickRecord>;
