/**
 * The three levels of reading, as pure steps from state to state: no row is read twice and none is missed.
 *
 * *By transaction.* A window [from, to) takes the rows whose writing transaction lies in it. `to` is the oldest
 * transaction still running when the snapshot was taken (`pg_snapshot_xmin`). Every transaction before `to` has ended,
 * so no late commit changes the rows of the window. The next window starts at `to`, and the same window can be read
 * again. Clocks, equal timestamps and the order of commits do not matter. The id of a subtransaction is above its
 * parent's. So when a window contains the subtransaction, its parent has ended too.
 *
 * *By time.* A read by transaction scans the table; a time bound lets Postgres use the index. Two bounds b0 ≥ b1 divide
 * the rows of each transaction among the levels: level 0 takes `ts > b0`, level 1 `b1 < ts ≤ b0`, level 2 `ts ≤ b1` and
 * rows without a time. With a given pair of bounds each row belongs to exactly one level.
 *
 * *Both.* Each level runs at its own pace and has its own horizon. So two levels read one transaction at different
 * times, and must use the same bound for it. Only levels 0 and 1 use b0, and only levels 1 and 2 use b1. Therefore a
 * bound may move exactly when its two levels have the same horizon. Transactions before that horizon were divided by the
 * old bound in both levels. Those after it will be divided by the new one. A slow level reads in the same snapshot
 * as the faster ones, up to the same `to`. So the horizons are equal whenever the slow level has run.
 *
 * *Crash.* An open window is part of the state and keeps its bounds. It is read again before anything else. The horizons
 * of polls that found no rows may be lost. A poll from the older state then uses that state's bounds, and finds no row
 * that was sent already.
 */
import type { SentRow } from "./multiset.ts";
import type { LevelState, SourceState, SourceWindow, Xid } from "./progress.ts";

export type Level = 0 | 1 | 2;
export const levels = [0, 1, 2] as const;

type Levels = SourceState["levels"];
type Positions = Pick<SourceState, "levels" | "bounds">;

/** Milliseconds that level 0 and level 1 look back. */
export type Lookback = readonly [fast: number, middle: number];

/** The state at the first start. Rows before the horizon are sent as history or not at all. */
export function startLevels(horizon: Xid, clockMs: number, lookback: Lookback): Positions {
  const level: LevelState = { horizon, lastWindow: 0 };
  return { levels: [level, level, level], bounds: boundsAt(clockMs, lookback) };
}

function boundsAt(clockMs: number, [fast, middle]: Lookback): readonly [number, number] {
  return [clockMs - fast, clockMs - Math.max(fast, middle)];
}

/** The next window of a level, up to `to`; undefined when the level has read up to `to`. */
export function nextWindow(state: Positions, level: Level, to: Xid): SourceWindow | undefined {
  const { horizon, lastWindow } = state.levels[level];
  if (BigInt(horizon) >= BigInt(to)) return undefined;
  const [b0, b1] = state.bounds;
  const bounds = [{ above: b0 }, { above: b1, upTo: b0 }, { upTo: b1 }] as const;
  return { number: lastWindow + 1, from: horizon, to, ...bounds[level] };
}

function withLevel<State extends Positions>(state: State, level: Level, next: LevelState): State {
  const changed = state.levels.map((old, i) => (i === level ? next : old));
  const [l0 = next, l1 = next, l2 = next] = changed;
  return { ...state, levels: [l0, l1, l2] satisfies Levels };
}

/** The state with the window open. The window has rows and is about to be sent. */
export function opened<State extends Positions>(
  state: State,
  level: Level,
  window: SourceWindow,
): State {
  const { horizon } = state.levels[level];
  return withLevel(state, level, { horizon, lastWindow: window.number, open: window });
}

/** The state with the window closed: it is acknowledged completely, or it is empty. */
export function closed<State extends Positions>(state: State, level: Level, to: Xid): State {
  const { lastWindow } = state.levels[level];
  return withLevel(state, level, { horizon: to, lastWindow });
}

/** Moves each bound whose two levels have the same horizon, see the top of this file. Bounds never move back. */
export function moveBounds<State extends Positions>(
  state: State,
  clockMs: number,
  lookback: Lookback,
): State {
  const [l0, l1, l2] = state.levels;
  const [b0, b1] = state.bounds;
  const [fast, middle] = boundsAt(clockMs, lookback);
  const next0 = meet(l0, l1) ? Math.max(b0, fast) : b0;
  const next1 = meet(l1, l2) ? Math.max(b1, middle) : b1;
  return { ...state, bounds: [next0, Math.min(next0, next1)] };
}

const meet = (a: LevelState, b: LevelState): boolean =>
  a.horizon === b.horizon && a.open === undefined && b.open === undefined;

/** Half of the 32-bit circle of transaction ids. This many ids count as "before" an id. */
export const halfCircle = 2n ** 31n;

/**
 * After a rewrite of the table or the cluster, transaction ids no longer show which rows were read. So level 0 reads
 * once all rows later than `above`, of any transaction. Rows that were sent are left out. All levels continue from
 * `horizon`.
 */
export function restartLevels<State extends Positions>(
  state: State,
  horizon: Xid,
  again: Pick<SourceWindow, "above" | "except">,
): State {
  const fresh = ({ lastWindow }: LevelState): LevelState => ({ horizon, lastWindow });
  const [l0, l1, l2] = state.levels;
  const restarted = { ...state, levels: [fresh(l0), fresh(l1), fresh(l2)] satisfies Levels };
  const from = String(BigInt(horizon) - halfCircle);
  return opened(restarted, 0, { number: l0.lastWindow + 1, from, to: horizon, ...again });
}

/**
 * For rows that moved but kept their transaction ids (VACUUM FULL, CLUSTER). Windows stay valid, but rows of one
 * timestamp may have another order now. So an open window is read again under a new number.
 *
 * @param sentOf the rows of a window that were sent, in order of time
 */
export function renumberOpen<State extends Positions>(
  state: State,
  sentOf: (level: Level, window: number) => readonly SentRow[],
): State {
  let next = state;
  for (const level of levels) {
    const { open } = state.levels[level];
    if (open !== undefined) next = opened(next, level, readOn(open, sentOf(level, open.number)));
  }
  return next;
}

/** Whether a time can be a bound: 1970 to 9999. Rows beyond are rare, so they may be read again and left out. */
const isBound = (ts: number): boolean => ts >= 0 && ts < Date.UTC(10_000) * 1000;

/** Every row earlier than the last sent row was sent. Sent rows of the same time are recognised by counting. */
function readOn(open: SourceWindow, sent: readonly SentRow[]): SourceWindow {
  const last = sent.findLast(([ts]) => isBound(ts))?.[0];
  const number = open.number + 1;
  const except = [...(open.except ?? []), ...sent];
  if (last === undefined) return { ...open, number, except };
  const above = Math.max(open.above ?? -Infinity, Math.ceil(last / 1000) - 1);
  return { ...open, number, above, except: except.filter(([ts]) => ts > above * 1000) };
}
