/**
 * Computes the watermark of a source. Every transaction that began writing before the watermark has been delivered.
 *
 * Each poll stores a mark: the source's clock, and a ceiling above every transaction id that existed at that moment.
 *
 *     horizon of this poll   all transactions below it have ended and are delivered
 *     watermark              clock of the newest earlier mark with ceiling ≤ horizon;
 *                            clock of this poll - 10 s, where its own ceiling ≤ horizon and that is later
 *
 * Proof: the ceiling is above the id of every transaction that had an id when the mark was made. So that id is also
 * below the horizon. The transaction has ended, and its rows are delivered.
 */
import type { PollMark, Xid } from "./progress.ts";

const maxMarks = 64;

/**
 * A number above every transaction id that existed when the poll began.
 *
 * The snapshot's xmax alone is not enough. It is one above the newest transaction that has *ended*, so a running
 * transaction may have the id xmax or a higher one. Therefore the ids of running transactions are read before the
 * snapshot. A transaction that had an id by then is in that list, or has ended and is below xmax.
 *
 * Every role may read these ids. A hot standby does not show them, so the ceiling may miss a running transaction with
 * the newest id there.
 *
 * @param xmax of the snapshot, 64 bits
 * @param running 32-bit ids of running transactions, read before the snapshot
 */
export function ceilingOf(xmax: Xid, running: readonly Xid[]): Xid {
  let ceiling = BigInt(xmax);
  for (const shown of running) {
    const above = fullId(shown, xmax) + 1n;
    if (above > ceiling) ceiling = above;
  }
  return String(ceiling);
}

/**
 * The 64-bit id of a transaction whose lower 32 bits Postgres shows.
 *
 * @param xmax a full id near it
 */
export function fullId(shown: Xid, xmax: Xid): bigint {
  const base = BigInt(xmax);
  return base + BigInt.asIntN(32, BigInt(shown) - base);
}

export interface Watermark {
  /** Microseconds since 1970; undefined until all transactions below some ceiling have ended. */
  readonly watermark: number | undefined;
  /**
   * The marks that later polls need. The mark that gave the watermark stays, because it may give the watermark again.
   */
  readonly marks: readonly PollMark[];
}

/** The longest time that a writer may leave between the timestamp of a row and its transaction id, microseconds. */
const writersPauseUs = 10_000_000;

interface Reached {
  /** The transaction up to which level 0 has now delivered. */
  readonly horizon: Xid;
  /** The mark of this poll; undefined if it must not be used. */
  readonly own: PollMark | undefined;
}

/**
 * The clock of the newest earlier poll whose ceiling is at or below the horizon. That clock is at least a poll interval
 * old. So a row is not late if its writer gets a transaction id within that interval after the row's timestamp.
 *
 * If no transaction was running, the horizon has reached the poll's own ceiling too. Then the watermark may be this
 * poll's clock less 10 s, which is the writer's time. So incomplete attributions end earlier if polls are rare.
 *
 * @param marks of earlier polls, oldest first
 */
export function watermarkAt(marks: readonly PollMark[], { horizon, own }: Reached): Watermark {
  const isReached = ({ ceiling }: PollMark): boolean => BigInt(ceiling) <= BigInt(horizon);
  const newest = marks.findLastIndex((mark) => isReached(mark));
  if (newest < 0) return { watermark: undefined, marks };
  const earlier = marks[newest]!.clock;
  const proven = own !== undefined && isReached(own) ? own.clock - writersPauseUs : earlier;
  return { watermark: Math.max(earlier, proven), marks: marks.slice(newest) };
}

/** Adds this poll's mark. Marks accumulate while a long transaction runs. At 64 marks every second one is dropped. */
export function withMark(marks: readonly PollMark[], mark: PollMark): readonly PollMark[] {
  const kept = marks.length < maxMarks ? marks : marks.filter((_, i) => i % 2 === 0);
  return [...kept, mark];
}
