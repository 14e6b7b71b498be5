/** Turns the rows of one file into the records that a poller would have appended. */
import { clockChangeUs, isSetForward } from "../detection/episode/clock-changes.ts";
import type { ModelKey } from "../model-key.ts";
import type { Row, StreamRecord } from "../stream/record.ts";

/** Time between two polls, microseconds. */
const pollInterval = 30_000_000;
/** Ticks into which a gap is divided at most. */
const ticksPerGap = 1000;

/** A marker of a file, such as an announced retrain. */
export interface ReplayMarker {
  readonly model: ModelKey;
  /** Microseconds since 1970. */
  readonly at: number;
  readonly marker: string;
}

/** What the feeds of one replay share. */
export interface SharedFeed {
  readonly emit: (record: StreamRecord) => void;
  /**
   * Number of windows so far, over all files. A model may continue in another file, and its windows must have higher
   * numbers there.
   */
  windows: number;
}

/**
 * The clock is the newest row time so far; it triggers a poll every 30 s. A poll passes on the rows before it, in order
 * of (time, line), and then a tick. No row is passed on before its own time. The end of the file does not count as
 * silence.
 *
 * A gap in the rows of all models counts as silence, since rows do not show an outage of their database. Only an hour
 * that clocks skipped counts as a failed poll.
 */
export class ReplayFeed {
  readonly #source: string;
  readonly #shared: SharedFeed;
  readonly #markers: ReplayMarker[];
  readonly #emit: (record: StreamRecord) => void;
  readonly #models = new Set<ModelKey>();
  #batch = new Map<ModelKey, Row[]>();
  #now: number | undefined;
  /** Newest row time handed on. */
  #delivered: number | undefined;
  #poll = 0;
  /** Time before the next poll in which the source could not be asked: an hour that its clock skipped. */
  #gap = 0;

  /** @param markers shared by feeds: each removes the markers that it has sent */
  constructor(source: string, markers: ReplayMarker[], shared: SharedFeed) {
    this.#source = source;
    this.#shared = shared;
    this.#markers = markers;
    this.#emit = shared.emit;
  }

  take(model: ModelKey, row: Row): void {
    if (this.#now === undefined) this.#poll = row.ts + pollInterval;
    else this.#leap(this.#now, row.ts);
    this.#now = Math.max(this.#now ?? row.ts, row.ts);
    if (this.#now >= this.#poll) this.#pollUpTo(this.#now);
    const rows = this.#batch.get(model);
    if (rows !== undefined) {
      rows.push(row);
      return;
    }
    this.#models.add(model);
    this.#batch.set(model, [row]);
  }

  /** Hands on the rows since the last poll. */
  end(): void {
    if (this.#now !== undefined) this.#pollAt(this.#now);
  }

  /** Where clocks are set forward, a column of local time lacks an hour. It is no silence. */
  #leap(from: number, to: number): void {
    if (to - from < clockChangeUs || !isSetForward(to)) return;
    this.#pollAt(from);
    this.#gap = clockChangeUs;
    this.#poll = from + clockChangeUs;
  }

  #pollUpTo(now: number): void {
    const step = Math.max(pollInterval, (now - this.#poll) / ticksPerGap);
    while (this.#poll <= now) {
      this.#pollAt(this.#poll);
      this.#poll += step;
    }
  }

  #pollAt(at: number): void {
    const watermark = Math.floor(at);
    this.#tellMarkers(watermark);
    const window = ++this.#shared.windows;
    for (const [model, rows] of this.#batch) {
      rows.sort((a, b) => a.ts - b.ts || a.tid - b.tid);
      this.#emit({ kind: "rows", model, source: this.#source, level: 0, window, rows });
      const last = rows.at(-1)?.ts ?? Number.NEGATIVE_INFINITY;
      this.#delivered = Math.max(this.#delivered ?? last, last);
    }
    if (this.#batch.size > 0) this.#batch = new Map();
    this.#emit({
      kind: "tick",
      source: this.#source,
      watermark,
      clock: watermark,
      gap: this.#gap,
      ...(this.#delivered !== undefined && { newest: this.#delivered }),
    });
    this.#gap = 0;
  }

  #tellMarkers(now: number): void {
    const due = this.#markers.filter(({ at, model }) => at <= now && this.#models.has(model));
    for (const marker of due) {
      this.#markers.splice(this.#markers.indexOf(marker), 1);
      this.#emit({ kind: "marker", id: `${marker.model}@${marker.at}`, ...marker });
    }
  }
}
