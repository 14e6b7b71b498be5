/** Reads the past of a table once, for replays: no positions, no stream, no store, only SELECT. */
import type { ModelKey } from "../model-key.ts";
import type { Row } from "../stream/record.ts";
import { connect } from "./connection.ts";
import { toSourceError } from "./errors.ts";
import { type SourceOptions, slowTimeoutMs } from "./options.ts";
import { probe } from "./probe.ts";
import { keyOf, parseRow, type RawRow } from "./rows.ts";
import { historyRows } from "./sql/history.ts";
import { openView, pages } from "./view.ts";

export interface Past {
  /** Rows older than this before the source's clock stay unread, ms; Infinity reads all. */
  readonly ms: number;
  /** The newest so many. */
  readonly maxRows: number;
}

export interface PastRead {
  readonly rows: number;
  /** Of them, those without a time, feature or model, which belong to no series. */
  readonly dropped: number;
}

/**
 * Hands on the rows of the past in order of time, in one read-only snapshot, a page in memory at a time. The order in
 * which they were inserted is not known any more: a row that came late is not late here.
 *
 * @throws SourceError with the code of what is wrong and the GRANT or setting that mends it
 */
export async function readPast(
  options: SourceOptions,
  { ms, maxRows }: Past,
  take: (model: ModelKey, row: Row) => void,
): Promise<PastRead> {
  const client = await connect(options.connection);
  const read = { rows: 0, dropped: 0 };
  const takeOne = (raw: RawRow): void => {
    const parsed = parseRow(raw);
    read.rows++;
    if (typeof parsed === "string") read.dropped++;
    else take(keyOf(options, parsed.model), parsed.row);
  };
  try {
    const layout = await probe(client, options);
    const view = await openView(client, layout, options.connection.statementTimeoutMs);
    const since = new Date(Math.max(0, view.clock / 1000 - ms)).toISOString();
    // No transaction's rows are left for somebody else to read.
    const values = ["0", "0", since, maxRows];
    const query = { text: historyRows(layout), values, pageRows: options.pageRows };
    const timeoutMs = slowTimeoutMs(options.connection);
    for await (const page of pages(view, { ...query, timeoutMs })) page.forEach(takeOne);
    return read;
  } catch (error) {
    throw toSourceError(error, `reading the past of ${options.table}`);
  } finally {
    await client.end();
  }
}
