/** A model applies each importance once, whatever is split, sent again or lost with the process. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { advance, historyLevel } from "../../src/detection/attribution/positions.ts";
import type { Position } from "../../src/detection/model-facts.ts";
import { decodeRecord, encodeRecord } from "../../src/stream/codec.ts";
import type { Row, RowsRecord } from "../../src/stream/record.ts";

const record = { kind: "rows", model: "m", source: "s", level: 0 } as const;

/** Windows of table rows. Times and ctids repeat between windows, as an update does. */
const windows = fc.array(
  fc.uniqueArray(
    fc.record({
      ts: fc.integer({ min: 1, max: 4 }),
      tid: fc.nat(3),
      width: fc.integer({ min: 1, max: 5 }),
    }),
    { selector: ({ ts, tid }) => `${ts} ${tid}`, maxLength: 6 },
  ),
  { minLength: 1, maxLength: 4 },
);

/** The importances of a window in the order of reading. The feature says where each comes from. */
function rowsOf(
  window: number,
  table: readonly { ts: number; tid: number; width: number }[],
): Row[] {
  return table
    .toSorted((a, b) => a.ts - b.ts || a.tid - b.tid)
    .flatMap(({ ts, tid, width }) =>
      Array.from({ length: width }, (_, place): Row => {
        return { ts, tid, place, feature: `${window} ${ts} ${tid} ${place}`, importance: 1 };
      }),
    );
}

/** A window is cut at random places. */
function split(window: number, rows: readonly Row[], cuts: readonly number[]): RowsRecord[] {
  const ends = [...new Set([...cuts.map((cut) => cut % (rows.length + 1)), rows.length])];
  const sorted = ends.toSorted((a, b) => a - b);
  return sorted
    .map((end, i) => ({ ...record, window, rows: rows.slice(sorted[i - 1] ?? 0, end) }))
    .filter((part) => part.rows.length > 0);
}

interface Run {
  /** Saved with the state, as JSON. */
  state: string;
  applied: string[];
}

/** Applies records as a process does that has loaded the state, through the codec. */
function apply(run: Run, records: readonly RowsRecord[]): void {
  const positions: Record<string, Position> = JSON.parse(run.state);
  for (const one of records) {
    const read = decodeRecord(encodeRecord(one));
    if (read.kind !== "rows") throw new Error(read.kind);
    for (const row of read.rows) if (advance(positions, read, row)) run.applied.push(row.feature);
  }
  run.state = JSON.stringify(positions);
}

describe("importances of rows that hold several", () => {
  test.prop([
    windows,
    fc.array(fc.nat(), { maxLength: 12 }),
    fc.array(
      fc.record({
        after: fc.nat(),
        again: fc.boolean(),
        cuts: fc.array(fc.nat(), { maxLength: 6 }),
      }),
      {
        maxLength: 8,
      },
    ),
  ])(
    "each is applied exactly once, over any splits, repeats and crashes",
    (tables, cuts, crashes) => {
      const run: Run = { state: "{}", applied: [] };
      const all: string[] = [];
      tables.forEach((table, i) => {
        const rows = rowsOf(i + 1, table);
        all.push(...rows.map(({ feature }) => feature));
        // The poller dies within the window, and the next one sends it from its beginning, split otherwise.
        for (const { after, again, cuts: others } of crashes) {
          const sent = split(i + 1, rows, others);
          const part = sent.slice(0, after % (sent.length + 1));
          apply(run, part);
          if (again) apply(run, part);
        }
        apply(run, split(i + 1, rows, cuts));
      });
      expect(run.applied).toEqual(all);
    },
  );

  test.prop([fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 20 })])(
    "without a place they have the positions that they had before",
    (places) => {
      const positions: Record<string, Position> = {};
      for (const [ts, tid] of places)
        advance(positions, { level: 0, window: 1 }, { ts, tid, feature: "f", importance: 1 });
      for (const position of Object.values(positions)) expect(position).toHaveLength(3);
    },
  );

  it("a state that an older program saved is read", () => {
    const positions: Record<string, Position> = JSON.parse('{"0":[4,100,7],"-1":[0,90,3]}');
    const row = { ts: 100, tid: 7, feature: "f", importance: 1 };
    const window = { level: 0, window: 4 };
    expect(advance(positions, window, row)).toBe(false);
    expect(advance(positions, window, { ...row, place: 0 })).toBe(false);
    expect(advance(positions, window, { ...row, place: 1 })).toBe(true);
    expect(advance(positions, window, { ...row, tid: 8 })).toBe(true);
    expect(positions).toEqual({ "0": [4, 100, 8], "-1": [0, 90, 3] });
    expect(advance(positions, { level: historyLevel, window: 0 }, { ...row, ts: 90, tid: 3 })).toBe(
      false,
    );
  });
});
