/** A model of three features, one of which collapses: opens one episode. */

import type { RowsRecord } from "../../src/stream/record.ts";
import type { LogEntry } from "../../src/stream/record-log.ts";

export const collapsingModel = "default/production/main/churn-v7";

const minuteUs = 60_000_000;

/** One attribution a minute; the first feature collapses after `normal` of them. */
export function collapsingRecords(
  normal: number,
  length: number,
  model = collapsingModel,
): readonly RowsRecord[] {
  return Array.from({ length }, (_, place): RowsRecord => {
    const ts = (place + 1) * minuteUs;
    const wobble = (tid: number): number => 1 + 0.05 * Math.sin(place * (tid + 1.7));
    const shares = { a: place < normal ? 0.5 : 0.02, b: 0.3, c: 0.2 };
    const rows = Object.entries(shares).map(([feature, share], tid) => {
      return { ts, feature, importance: share * wobble(tid), tid };
    });
    return { kind: "rows", model, source: "main", level: 0, window: place, rows };
  });
}

/** The same as entries of a stream that holds nothing else. */
export function collapsing(normal: number, length: number): readonly LogEntry[] {
  return collapsingRecords(normal, length).map((record, offset) => ({ offset, record }));
}
