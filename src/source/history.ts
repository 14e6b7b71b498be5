/** The first start: the recent past, sent once as history, up to where live reading begins. */
import type { Delivery } from "./delivery.ts";
import { type SourceOptions, slowTimeoutMs } from "./options.ts";
import type { Xid } from "./progress.ts";
import type { RecentlySent } from "./recently-sent.ts";
import { keyOf } from "./rows.ts";
import { historyRows } from "./sql/history.ts";
import { type PageQuery, pages, type SourceView } from "./view.ts";

export interface HistoryOptions {
  readonly options: SourceOptions;
  /** Where live reading begins: what earlier transactions wrote is history. */
  readonly horizon: Xid;
  /** Oldest row, milliseconds since 1970. */
  readonly sinceMs: number;
  /** Told of every page that was sent. */
  readonly recent: RecentlySent;
}

/** No level's: history is not read by windows. */
const noWindow = { level: -1, window: 0 } as const;

function query(view: SourceView, { options, horizon, sinceMs }: HistoryOptions): PageQuery {
  const first = BigInt(horizon);
  return {
    text: historyRows(view.layout),
    values: [
      String(BigInt.asUintN(32, first)),
      String(BigInt(view.xmax) - first),
      new Date(sinceMs).toISOString(),
      options.history.maxRows,
    ],
    pageRows: options.pageRows,
    timeoutMs: slowTimeoutMs(options.connection),
  };
}

/**
 * Sends all rows since then (the newest `history.maxRows` of them) that transactions before the horizon wrote, in
 * (ts, tid) order, then closes the history of each model with an empty `last` record. What later transactions wrote is
 * left to the levels, which begin at the same horizon: no row falls between or comes twice.
 *
 * The horizon is remembered before the first row is sent, so after a crash the same rows are sent again and a reader
 * drops what is not above the last history row it has. With a newer horizon a row that was committed in between, below
 * that last row, would be lost.
 *
 * @returns rows sent
 */
export async function sendHistory(
  view: SourceView,
  delivery: Delivery,
  wanted: HistoryOptions,
): Promise<number> {
  const { options } = wanted;
  const { name: source } = options;
  const models = new Set<string>();
  let sent = 0;
  if (options.history.ms <= 0 || options.history.maxRows <= 0) return sent;
  for await (const page of pages(view, query(view, wanted))) {
    const rows = delivery.parse(page);
    for (const { model } of rows) models.add(keyOf(options, model));
    await delivery.rows(rows, (model, part) => ({
      kind: "history",
      model,
      source,
      rows: part,
      last: false,
    }));
    wanted.recent.add({ ...noWindow, rows: page });
    sent += rows.length;
  }
  const closing = [...models].map(
    (model) => ({ kind: "history", model, source, rows: [], last: true }) as const,
  );
  await delivery.records(closing);
  return sent;
}
