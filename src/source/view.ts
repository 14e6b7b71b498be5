/** The read-only transaction of one poll: opens it, takes its snapshot, and reads queries page by page. */
import type { SourceClient } from "./client.ts";
import { tableMissing } from "./errors.ts";
import type { RunningTransaction } from "./horizon.ts";
import type { SourceLayout } from "./layout.ts";
import { halfCircle } from "./levels.ts";
import type { SourceState, Xid } from "./progress.ts";
import type { RawRow } from "./rows.ts";
import { clock as clockQuery } from "./sql/clock.ts";
import { lock } from "./sql/lock.ts";
import { tableName } from "./sql/names.ts";
import { olderRows } from "./sql/older-rows.ts";
import { snapshot as snapshotQuery } from "./sql/snapshot.ts";
import { ceilingOf, fullId } from "./watermark.ts";

export interface PollSnapshot {
  readonly client: SourceClient;
  readonly layout: SourceLayout;
  /** The source's clock just before the snapshot was taken, microseconds since 1970. */
  readonly clock: number;
  /** Id of the oldest transaction that was running. */
  readonly xmin: Xid;
  /** One above the highest id of a transaction that had ended. */
  readonly xmax: Xid;
  /** Above every transaction id that existed at `clock`. */
  readonly ceiling: Xid;
  /** Transactions with an id that were running or prepared just before the snapshot. */
  readonly running: readonly RunningTransaction[];
  /** Changes when the table is rewritten. Empty when the table has no file of its own. */
  readonly relfilenode: string;
  readonly systemIdentifier: string;
  /** Whether the server is a standby. */
  readonly inRecovery: boolean;
}

interface ClockRow {
  readonly clock: string;
  readonly running: readonly string[];
}

interface SnapshotRow {
  readonly xmin: Xid;
  readonly xmax: Xid;
  /** Null when the table was dropped or has no file of its own. */
  readonly relfilenode: string | null;
  readonly system_identifier: string;
  readonly in_recovery: boolean;
}

/** Begins the transaction. The caller ends it, or closes the connection. */
export async function openView(
  client: SourceClient,
  layout: SourceLayout,
  statementTimeoutMs: number,
): Promise<PollSnapshot> {
  await client.begin(statementTimeoutMs);
  const { rows: clocks } = await client.query<ClockRow>(clockQuery);
  await client.finish();
  await client.begin(statementTimeoutMs);
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
    running: clock.running.map((shown) => ({ shown, id: fullId(shown, snapshot.xmax) })),
    relfilenode: snapshot.relfilenode ?? "",
    systemIdentifier: snapshot.system_identifier,
    inRecovery: snapshot.in_recovery,
  };
}

export interface PageQuery {
  readonly text: string;
  readonly values: readonly unknown[];
  /** Most rows of a page; fewer when names are long. */
  readonly pageRows: number;
  /** Deadline of each further statement. Default: the deadline of the transaction. */
  readonly timeoutMs?: number;
}

/** With the longest possible names, the first page has about 25 million characters. */
const firstPageRows = 5000;
/** Most characters of a page, but for its last row. */
export const pageLength = 8_000_000;

/** The characters of a row's cells. */
export const lengthOf = (row: RawRow): number =>
  row.reduce<number>((sum, cell) => sum + String(cell).length, 0);

/** How many rows of this average length fit into a page. */
function rowsOfAPage(rows: readonly RawRow[]): number {
  const total = rows.reduce((sum, row) => sum + lengthOf(row), 0);
  return Math.max(100, Math.floor(pageLength / (total / rows.length)));
}

/**
 * Reads the rows of a query through a cursor. The server sorts once, and one page is in memory at a time.
 *
 * @yields pages of at most `pageRows` rows, never an empty one
 */
export async function* pages(
  { client }: PollSnapshot,
  { text, values, pageRows, timeoutMs }: PageQuery,
): AsyncGenerator<readonly RawRow[]> {
  await client.deadline(timeoutMs);
  await client.query(`DECLARE page NO SCROLL CURSOR FOR ${text}`, values);
  for (let count = Math.min(pageRows, firstPageRows); ; ) {
    const fetch = { text: `FETCH ${count} FROM page`, rowMode: "array" as const };
    const { rows } = await client.query<RawRow>(fetch);
    if (rows.length > 0) yield rows;
    if (rows.length < count) break;
    count = Math.min(pageRows, rowsOfAPage(rows));
  }
  await client.query("CLOSE page");
}

/**
 * How the table relates to the stored state.
 *
 * - `same`: transaction ids and places of rows are as before.
 * - `moved`: rows have other places but kept their transaction ids, as after VACUUM FULL or CLUSTER.
 * - `lost`: transaction ids no longer show which rows were read, for the given reason. For example, ALTER TABLE has
 *   rewritten all rows, or the table was restored or truncated.
 */
export type TableIdentity = "same" | "moved" | { readonly lost: string };

export async function identityOf(state: SourceState, view: PollSnapshot): Promise<TableIdentity> {
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
