/** The query of a window, with the timeout of its level. It returns the rows in the order in which they are sent. */
import type { Level } from "./levels.ts";
import { type SourceOptions, slowTimeoutMs } from "./options.ts";
import type { SourceWindow } from "./progress.ts";
import { windowRows } from "./sql/window.ts";
import type { PageQuery, PollSnapshot } from "./view.ts";

export function windowQuery(
  view: PollSnapshot,
  { level, window }: { readonly level: Level; readonly window: SourceWindow },
  { pageRows, connection }: SourceOptions,
): PageQuery {
  const from = BigInt(window.from);
  const bounds = [window.above, window.upTo]
    .filter((bound) => bound !== undefined)
    .map((bound) => new Date(bound).toISOString());
  const width = BigInt(window.to) - from;
  const queryTimeout = level === 0 ? {} : { timeoutMs: slowTimeoutMs(connection) };
  return {
    text: windowRows(view.layout, window),
    values: [String(BigInt.asUintN(32, from)), String(width), ...bounds],
    pageRows: view.layout.shape.pageRows(pageRows),
    ...queryTimeout,
  };
}
