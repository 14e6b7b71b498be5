/** Up to when everything has been delivered, told from the polls' snapshots alone. */
import type { PollMark, Xid } from "./progress.ts";

const maxMarks = 64;

/**
 * A number above every transaction id given out before the poll began.
 *
 * The snapshot's xmax alone is not: it is one above the newest *ended* transaction, and one that was given the next
 * id and still runs is not below it. So the ids of running transactions are read too, before the snapshot: whoever
 * had an id by then is either among them or had ended, and is below xmax. (They are visible to every role. On a hot
 * standby they are not there, and a transaction may be missed that holds the newest id.)
 *
 * @param xmax of the snapshot, 64 bits
 * @param running ids as Postgres shows them, 32 bits, read before the snapshot
 */
export function ceilingOf(xmax: Xid, running: readonly Xid[]): Xid {
  const base = BigInt(xmax);
  let ceiling = base;
  for (const id of running) {
    const above = base + BigInt.asIntN(32, BigInt(id) - base) + 1n;
    if (above > ceiling) ceiling = above;
  }
  return String(ceiling);
}

export interface Watermark {
  /** Microseconds since 1970; undefined until some poll's transactions have all ended. */
  readonly watermark: number | undefined;
  /** What later polls need; the one that gave the watermark stays, since it may give it again. */
  readonly marks: readonly PollMark[];
}

/**
 * The clock of the newest *earlier* poll with ceiling ≤ horizon: whatever had begun writing before it has ended and
 * lies before the horizon. An earlier poll even when this one would do: it leaves writers one poll interval between
 * taking a timestamp and being given a transaction id.
 *
 * @param marks of earlier polls, oldest first
 * @param horizon the transaction up to which level 0 has now delivered
 */
export function watermarkAt(marks: readonly PollMark[], horizon: Xid): Watermark {
  const reached = marks.findLastIndex((mark) => BigInt(mark.ceiling) <= BigInt(horizon));
  if (reached < 0) return { watermark: undefined, marks };
  return { watermark: marks[reached]?.clock, marks: marks.slice(reached) };
}

/** Adds this poll's mark. While a long transaction runs marks pile up; then every second one goes, so 64 span any time. */
export function withMark(marks: readonly PollMark[], mark: PollMark): readonly PollMark[] {
  const kept = marks.length < maxMarks ? marks : marks.filter((_, i) => i % 2 === 0);
  return [...kept, mark];
}
