/** How reading goes on when transactions tell nothing of what was read: by time, leaving out what was sent. Pure. */
import { restartLevels } from "./levels.ts";
import { Multiset } from "./multiset.ts";
import type { OverlapState, SourceState, Xid } from "./progress.ts";
import type { RecentlySent } from "./recently-sent.ts";

/** Rows so long before the watermark are read once more. */
const againMs = 60_000;

/** Later rows would be read again if the table were rewritten now; milliseconds since 1970. */
export const readAgainMs = ({ watermark }: Pick<SourceState, "watermark">): number =>
  watermark === undefined ? -Infinity : Math.floor(watermark / 1000) - againMs;

/**
 * After the table or the cluster was rewritten. What was not read and is older than what is read again is missed.
 *
 * @param state with the identity of what there is now
 * @param clockMs instead of a watermark, before the first
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

/** What was a view before goes on above its pages, from its cursor. A page that may not have arrived is read again. */
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
