import { describe, expect, it } from "vitest";
import { advance } from "../../src/detection/attribution/positions.ts";
import type { LevelState, SourceState } from "../../src/source/progress.ts";
import { afterOverlap, asOverlap } from "../../src/source/rewrite.ts";

const level = (lastWindow: number): LevelState => ({ horizon: "700", lastWindow });

const table = ([a, b, c]: readonly [number, number, number]): SourceState => ({
  version: 1,
  systemIdentifier: "1/00000001",
  relfilenode: "1",
  levels: [level(a), level(b), level(c)],
  bounds: [0, 0],
  marks: [],
});

describe("a table that is replaced by a view, which is replaced by a table", () => {
  it.each<{ windows: readonly [number, number, number] }>([
    { windows: [9, 4, 1] },
    { windows: [3, 8, 1] },
    { windows: [2, 2, 30] },
  ])("has no window that detection takes for one of before: $windows", ({ windows }) => {
    const overlap = asOverlap(table(windows), { now: 0, overlapMs: 5000 });
    const back = afterOverlap(overlap, table([0, 0, 0]));
    for (const [n, { lastWindow }] of back.levels.entries()) {
      const seen = { [n]: [windows[n] ?? 0, 1, 1] satisfies [number, number, number] };
      const row = { feature: "age", ts: 2, tid: 1, importance: 0.5 };
      expect(advance(seen, { level: n, window: lastWindow + 1 }, row)).toBe(true);
    }
  });
});
