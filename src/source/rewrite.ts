/**
 * Computes the state after a rewrite of the table, when transaction ids no longer show which rows were read. Rows of
 * the last minute are read again by time. Sent rows are recognised by counting and left out. Pure.
 */
import { restartLevels } from "./levels.ts";
import { Multiset } from "./multiset.ts";
import type { OverlapState, SourceState, StoredProgress, Xid } from "./progress.ts";
import type { RecentlySent } from "./recently-sent.ts";
import { noSourceRows } from "./source-rows.ts";

/** Rows later than this long before the watermark are read again. */
const againMs = 60_000;

/** Rows later than this would be read again if the table were rewritten now; milliseconds since 1970. */
export const readAgainMs = ({ watermark }: Pick<SourceState, "watermark">): number =>
  watermark === undefined ? -Infinity : Math.floor(watermark / 1000) - againMs;

/**
 * The state after the table or the cluster was rewritten. Unread rows that are older than a minute before the watermark
 * are missed.
 *
 * @param state already has the identity of the new table or cluster
 * @param clockMs used before there is a watermark
 */
export function afterRewrite(
  state: SourceState,
  { xmin, clockMs }: { readonly xmin: Xid; readonly clockMs: number },
  recent: RecentlySent,
): SourceState {
  const above = readAgainMs({ watermark: state.watermark ?? clockMs * 1000 });
  const except = recent.windows(above * 1000).flatMap(({ rows }) => rows);
  return restartLevels({ ...state, marks: [] }, xmin, { above, except });
}

/**
 * The state after a view was replaced by a table. Window numbers continue from the view's last page. Reading starts a
 * minute before the view's cursor. A stored page that may not have arrived is read again.
 */
export function afterOverlap(
  { cursor, lastPage, sent, page }: OverlapState,
  start: SourceState,
): SourceState {
  const { horizon } = start.levels[0];
  const level = { horizon, lastWindow: lastPage };
  const above = Math.floor(cursor / 1000) - againMs;
  const known = new Multiset(sent);
  for (const row of page?.rows ?? []) known.take(row);
  const except = known.rows().filter(([ts]) => ts > above * 1000);
  return restartLevels({ ...start, levels: [level, level, level] }, horizon, { above, except });
}

/**
 * The state after a plain table was replaced by a view. Page numbers continue from the highest window number of all
 * levels. If a table replaces the view later, all levels continue from the last page number. Reading begins a minute
 * before the table's watermark. Stored sent rows of that minute count as sent.
 *
 * @param now microseconds since 1970, used before there is a watermark
 */
export function asOverlap(
  stored: StoredProgress,
  { now, overlapMs }: { readonly now: number; readonly overlapMs: number },
): OverlapState {
  if ("sent" in stored) return stored;
  const { watermark = now, sentLately = [], rows: counted = noSourceRows } = stored;
  const lastPage = Math.max(...stored.levels.map(({ lastWindow }) => lastWindow));
  // The query reads above the cursor less the overlap.
  const cursor = (readAgainMs({ watermark }) + overlapMs) * 1000;
  const sent = sentLately.flatMap(({ rows }) => rows);
  return { version: 1, cursor, lastPage, lastTid: 0, sent, rows: counted, marks: [] };
}
