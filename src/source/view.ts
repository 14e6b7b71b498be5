/** The read-only transaction of one poll: opened with its snapshot, read page by page. */
import type { Client } from "pg";
import { answerTimeoutMs } from "./connection.ts";
import { tableMissing } from "./errors.ts";
import type { SourceLayout } from "./layout.ts";
import { halfCircle } from "./levels.ts";
import type { SourceState, Xid } from "./progress.ts";
import type { RawRow } from "./rows.ts";
import { begin, statementTimeout } from "./sql/begin.ts";
import { clock as clockQuery } from "./sql/clock.ts";
import { lock } from "./sql/lock.ts";
import { olderRows } from "./sql/older-rows.ts";
import { tableName } from "./sql/row.ts";
import { snapshot as snapshotQuery } from "./sql/snapshot.ts";
import { ceilingOf } from "./watermark.ts";

export interface SourceView {
  readonly client: Client;
  readonly layout: SourceLayout;
  /** The source's clock just before the snapshot, microseconds since 1970. */
  readonly clock: number;
  /** The oldest transaction that still ran. */
  readonly xmin: Xid;
  /** Above the newest that had ended. */
  readonly xmax: Xid;
  /** Above every id given out before `clock`. */
  readonly ceiling: Xid;
  /** Empty when it is no plain table. */
  readonly relfilenode: string;
  readonly systemIdentifier: string;
}

interface ClockRow {
  readonly clock: string;
  readonly running: readonly string[];
}

interface SnapshotRow {
  readonly xmin: Xid;
  readonly xmax: Xid;
  /** Null when the table was dropped, and for what has no file of its own. */
  readonly relfilenode: string | null;
  readonly system_identifier: string;
}

/** Begins the transaction; whoever opened it commits it, or throws the connection away. */
export async function openView(
  client: Client,
  layout: SourceLayout,
  statementTimeoutMs: number,
): Promise<SourceView> {
  const { rows: clocks } = await client.query<ClockRow>(clockQuery);
  await client.query(begin(statementTimeoutMs));
  if (layout.reading === "windows") await client.query(lock(layout));
  const { rows: snapshots } = await client.query<SnapshotRow>(snapshotQuery, [tableName(layout)]);
  const [clock] = clocks;
  const [snapshot] = snapshots;
  if (clock === undefined || snapshot === undefined) throw new Error("Postgres answered no row");
  if (snapshot.relfilenode === null && layout.reading === "windows") {
    throw tableMissing(tableName(layout));
  }
  return {
    client,
    layout,
    clock: Number(clock.clock),
    xmin: snapshot.xmin,
    xmax: snapshot.xmax,
    ceiling: ceilingOf(snapshot.xmax, clock.running),
    relfilenode: snapshot.relfilenode ?? "",
    systemIdentifier: snapshot.system_identifier,
  };
}

export interface PageQuery {
  readonly text: string;
  readonly values: readonly unknown[];
  readonly pageRows: number;
  /** Deadline of each statement from here on. Default: the transaction's. */
  readonly timeoutMs?: number;
}

/**
 * A query's rows through a cursor: sorted once by the server, one page in memory at a time.
 *
 * @yields pages of at most `pageRows` rows, never an empty one
 */
export async function* pages(
  { client }: SourceView,
  { text, values, pageRows, timeoutMs }: PageQuery,
): AsyncGenerator<readonly RawRow[]> {
  const patience = timeoutMs === undefined ? {} : { query_timeout: answerTimeoutMs(timeoutMs) };
  if (timeoutMs !== undefined) await client.query(statementTimeout(timeoutMs));
  await client.query({
    text: `DECLARE page NO SCROLL CURSOR FOR ${text}`,
    values: [...values],
    ...patience,
  });
  const fetch = { text: `FETCH ${pageRows} FROM page`, rowMode: "array" as const, ...patience };
  for (;;) {
    const { rows } = await client.query<RawRow & unknown[]>(fetch);
    if (rows.length > 0) yield rows;
    if (rows.length < pageRows) break;
  }
  await client.query("CLOSE page");
}

/**
 * How what we remember fits what we see: as it is; with the rows at other places; or not at all, for a reason.
 * Rows keep their transactions when a table is vacuumed in full or clustered, and lose them when it is rewritten by
 * ALTER TABLE, restored or truncated; then there is none left from before the last poll.
 */
export type Fit = "same" | "moved" | { readonly lost: string };

export async function fitOf(state: SourceState, view: SourceView): Promise<Fit> {
  if (state.systemIdentifier !== view.systemIdentifier)
    return { lost: "another Postgres cluster or timeline" };
  const xmin = BigInt(view.xmin);
  const known = state.levels.map(({ horizon, open }) => BigInt(open?.to ?? horizon));
  if (known.some((xid) => xid > xmin)) return { lost: "transaction ids went back" };
  if (known.some((xid) => xmin - xid >= halfCircle)) {
    return { lost: "too many transactions since the last poll" };
  }
  if (state.relfilenode === view.relfilenode) return "same";
  const first = BigInt(state.levels[0].horizon);
  const { rows } = await view.client.query<{ kept: boolean }>(olderRows(view.layout), [
    String(BigInt.asUintN(32, first)),
    String(BigInt(view.xmax) - first),
  ]);
  return rows[0]?.kept === true ? "moved" : { lost: "the table was rewritten" };
}
