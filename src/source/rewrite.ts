/**
 * How reading goes on after the table was rewritten, when transaction ids no longer tell what was read. Rows of the
 * last minute are read again by time. Those that were sent are recognised by counting and left out. Pure.
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
 * The state after the table or the cluster was rewritten. Rows that were not read yet, and are older than a minute
 * before the watermark, are missed.
 *
 * @param state has the identity of the new table or cluster already
 * @param clockMs is used before there is a watermark
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
 * The state after a view was replaced by a table. Windows are numbered on from its last page, and reading goes on from
 * its cursor. A stored page that may not have arrived is read again.
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
 * The state after a plain table was replaced by a view. Pages are numbered on from the last window of any level: if a
 * table comes back, the windows of all levels are numbered on from the last page. Reading begins a minute before the
 * table's watermark. Rows of that minute that were sent count as sent.
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
