/** Sends the recent past once, at the first start, up to the horizon where live reading begins. */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { Delivery } from "./delivery.ts";
import { type SourceOptions, slowTimeoutMs } from "./options.ts";
import type { Xid } from "./progress.ts";
import type { RecentlySent } from "./recently-sent.ts";
import { keyOf, type ModelRow } from "./rows.ts";
import { andTooLarge, noSourceRows, type SourceRows, sumOf } from "./source-rows.ts";
import { historyRows } from "./sql/history.ts";
import { type PageQuery, type PollSnapshot, pages } from "./view.ts";

export interface HistoryOptions {
  readonly options: SourceOptions;
  /** The horizon where live reading begins. Rows of earlier transactions are history. */
  readonly horizon: Xid;
  /** Oldest row, milliseconds since 1970. */
  readonly sinceMs: number;
  /**
   * Rows later than this are ahead of the clock. They are sent as new rows, because no tick has passed their time yet.
   */
  readonly untilMs: number;
  /** Gets every page that was sent. */
  readonly recent: RecentlySent;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How often the progress of a long history is logged, ms. */
const sayEveryMs = 5_000;

/** A position below the first window. Rows of windows are above it. */
const beforeWindows = { level: 0, window: 0 } as const;

function query(view: PollSnapshot, { options, horizon, sinceMs }: HistoryOptions): PageQuery {
  const first = BigInt(horizon);
  return {
    text: historyRows(view.layout),
    values: [
      String(BigInt.asUintN(32, first)),
      String(BigInt(view.xmax) - first),
      new Date(sinceMs).toISOString(),
      options.history.maxRows,
    ],
    pageRows: view.layout.shape.pageRows(options.pageRows),
    timeoutMs: slowTimeoutMs(options.connection),
  };
}

/**
 * Sends the rows later than `sinceMs` that transactions before the horizon wrote, in (ts, tid) order, at most the
 * newest `history.maxRows`. Then closes the history of each model with an empty `last` record. The levels begin at the
 * same horizon and read what later transactions wrote. So no row is missed or sent twice.
 *
 * The horizon is stored before the first row is sent. After a crash the same rows are sent again, and detection drops
 * those up to its last history row. With a newer horizon, a row that was committed meanwhile below that last row would
 * be lost.
 *
 * @returns the counts of the rows read
 */
export async function sendHistory(
  view: PollSnapshot,
  delivery: Delivery,
  wanted: HistoryOptions,
): Promise<SourceRows> {
  const { options, clock, logger } = wanted;
  const { name: source } = options;
  const models = new Set<string>();
  let sent = noSourceRows;
  let saidAtMs = clock.now();
  if (options.history.ms <= 0 || options.history.maxRows <= 0) return sent;
  for await (const page of pages(view, query(view, wanted))) {
    const { rows, counted } = delivery.parse(page);
    for (const { model } of rows) models.add(keyOf(options, model));
    const isPast = ({ row }: ModelRow): boolean => row.ts <= wanted.untilMs * 1000;
    const pastTooLarge = await delivery.rows(rows.filter(isPast), (model, part) => ({
      kind: "history",
      model,
      source,
      rows: part,
      last: false,
    }));
    const tooLarge = await delivery.rows(
      rows.filter((row) => !isPast(row)),
      (model, part) => ({ kind: "rows", model, source, ...beforeWindows, rows: part }),
    );
    wanted.recent.add({ ...beforeWindows, rows: page }, counted.read);
    sent = sumOf(sent, andTooLarge(counted, pastTooLarge + tooLarge));
    const through = rows.at(-1)?.row.ts;
    if (clock.now() - saidAtMs < sayEveryMs || through === undefined) continue;
    saidAtMs = clock.now();
    logger.info(
      { rows: sent.read, models: models.size, through: new Date(through / 1000).toISOString() },
      "history is being sent",
    );
  }
  const closing = [...models].map(
    (model) => ({ kind: "history", model, source, rows: [], last: true }) as const,
  );
  await delivery.records(closing);
  return sent;
}
