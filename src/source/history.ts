/** The first start: the recent past, sent once as history, up to where live reading begins. */
import type { Delivery } from "./delivery.ts";
import { type SourceOptions, slowTimeoutMs } from "./options.ts";
import { keyOf } from "./rows.ts";
import { historyRows } from "./sql/history.ts";
import { type PageQuery, pages, type SourceView } from "./view.ts";

function query(view: SourceView, options: SourceOptions, sinceMs: number): PageQuery {
  const first = BigInt(view.xmin);
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
 * Sends all rows of the last `history.ms` (the newest `history.maxRows` of them) that transactions before `xmin` of
 * the view wrote, in (ts, tid) order, then closes the history of each model with an empty `last` record. What later
 * transactions wrote is left to the levels, which begin at the same `xmin`: no row falls between or comes twice.
 *
 * A crash in the middle starts over with a newer snapshot. Within a model's history (ts, tid) only rises, so a reader
 * drops what is not above the last history row it has.
 *
 * @returns rows sent
 */
export async function sendHistory(
  view: SourceView,
  delivery: Delivery,
  { options, clockMs }: { readonly options: SourceOptions; readonly clockMs: number },
): Promise<number> {
  const { name: source } = options;
  const models = new Set<string>();
  let sent = 0;
  if (options.history.ms <= 0 || options.history.maxRows <= 0) return sent;
  for await (const page of pages(view, query(view, options, clockMs - options.history.ms))) {
    const rows = delivery.parse(page);
    for (const { model } of rows) models.add(keyOf(options, model));
    await delivery.rows(rows, (model, part) => ({
      kind: "history",
      model,
      source,
      rows: part,
      last: false,
    }));
    sent += rows.length;
  }
  const closing = [...models].map(
    (model) => ({ kind: "history", model, source, rows: [], last: true }) as const,
  );
  await delivery.records(closing);
  return sent;
}
