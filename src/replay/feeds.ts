/** The feeds of all sources of a replay, with what is counted of their rows. */
import type { ModelKey } from "../model-key.ts";
import type { Row, StreamRecord } from "../stream/record.ts";
import { ReplayFeed, type ReplayMarker, type SharedFeed } from "./feed.ts";
import { LeftOut } from "./left-out.ts";
import type { RowsRead } from "./row-source.ts";

/** What was read. */
export interface FedRows {
  /** Rows read, also those that were left out. */
  readonly rows: number;
  /** Rows taken whose importance is NULL, NaN or infinite. */
  readonly withoutNumber: number;
  /** Rows in whose names control characters were removed. */
  readonly namesCleaned: number;
  /** Rows that were left out at the reading, by reason. */
  readonly leftOut: LeftOut;
}

/** Turns rows into records, each of which is emitted once. */
export class Feeds implements FedRows {
  readonly #shared: SharedFeed;
  readonly #markers: ReplayMarker[] = [];
  readonly #feeds = new Map<string, ReplayFeed>();
  readonly leftOut = new LeftOut();
  rows = 0;
  withoutNumber = 0;
  namesCleaned = 0;

  constructor(emit: (record: StreamRecord) => void) {
    this.#shared = { emit, windows: 0 };
  }

  /** A feed of its own for the rows of one source. @param markers the feed sends these at their times */
  feed(source: string, markers: ReplayMarker[]): ReplayFeed {
    return new ReplayFeed(source, markers, this.#shared);
  }

  /** The feeds send these markers at their times. */
  announce(markers: readonly ReplayMarker[]): void {
    this.#markers.push(...markers);
  }

  /** Takes a row. Rows of one source come in the order in which a poller would have seen them. */
  take(source: string, model: ModelKey, row: Row): void {
    if (!Number.isFinite(row.importance)) this.withoutNumber++;
    const known = this.#feeds.get(source);
    const feed = known ?? this.feed(source, this.#markers);
    if (known === undefined) this.#feeds.set(source, feed);
    feed.take(model, row);
  }

  /** Call it once all rows of a source were taken. */
  end({ rows, cleaned, leftOut }: RowsRead): void {
    for (const feed of this.#feeds.values()) feed.end();
    this.#feeds.clear();
    this.rows += rows;
    this.namesCleaned += cleaned;
    this.leftOut.addAll(leftOut);
  }
}
