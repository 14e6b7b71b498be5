import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import {
  closed,
  type Level,
  levels,
  moveBounds,
  nextWindow,
  opened,
  renumberOpen,
  restartLevels,
  startLevels,
} from "../../src/source/levels.ts";
import type { SentRow } from "../../src/source/multiset.ts";
import type { SourceState, SourceWindow } from "../../src/source/progress.ts";

type Positions = Pick<SourceState, "levels" | "bounds">;

interface Written {
  readonly xid: number;
  /** Absent: a row without a time. */
  readonly ts: number | undefined;
}

const step = fc.record({
  /** Transactions that end before this poll, with the age of their row at that moment. */
  ages: fc.array(fc.option(fc.integer({ min: -50, max: 400 }), { nil: undefined }), {
    maxLength: 4,
  }),
  passed: fc.integer({ min: 0, max: 120 }),
  /** Which levels run beside level 0, and after which one the poller crashes. */
  middle: fc.boolean(),
  slow: fc.boolean(),
  crashAfter: fc.constantFrom<Level | undefined>(undefined, undefined, 0, 1, 2),
});

function within(window: SourceWindow, { xid, ts }: Written): boolean {
  if (xid < Number(window.from) || xid >= Number(window.to)) return false;
  if (ts === undefined) return window.above === undefined;
  return ts > (window.above ?? -Infinity) && ts <= (window.upTo ?? Infinity);
}

class Simulation {
  readonly written: Written[] = [];
  /** Row → the windows it was sent in. */
  readonly sent = new Map<Written, Set<string>>();
  state: Positions = startLevels("0", 1000, [60, 200]);
  saved: Positions = this.state;
  clock = 1000;

  #send(level: Level, window: SourceWindow): void {
    const rows = this.written.filter((row) => within(window, row));
    if (rows.length > 0) {
      this.state = opened(this.state, level, window);
      this.saved = this.state;
    }
    for (const row of rows) {
      const windows = this.sent.get(row) ?? new Set();
      this.sent.set(row, windows.add(`${level}/${window.number}`));
    }
  }

  poll(runs: readonly boolean[], crashAfter: Level | undefined): void {
    const to = String(this.written.length);
    for (const level of levels) {
      const { open } = this.state.levels[level];
      if (open !== undefined) this.#run(level, open, { crash: false });
      const window = runs[level] === true ? nextWindow(this.state, level, to) : undefined;
      if (window !== undefined) this.#run(level, window, { crash: crashAfter === level });
      if (crashAfter === level) {
        this.state = this.saved;
        return;
      }
    }
    this.state = moveBounds(this.state, this.clock, [60, 200]);
  }

  #run(level: Level, window: SourceWindow, { crash }: { readonly crash: boolean }): void {
    this.#send(level, window);
    if (!crash) this.state = closed(this.state, level, window.to);
  }
}

describe("the three levels", () => {
  test.prop([fc.array(step, { maxLength: 30 })])(
    "read every row in exactly one window, whatever runs when and wherever it crashes",
    (steps) => {
      const simulation = new Simulation();
      for (const { ages, passed, middle, slow, crashAfter } of steps) {
        simulation.clock += passed;
        for (const age of ages) {
          const ts = age === undefined ? undefined : simulation.clock - age;
          simulation.written.push({ xid: simulation.written.length, ts });
        }
        simulation.poll([true, middle, slow], crashAfter);
      }
      simulation.poll([true, true, true], undefined);
      for (const row of simulation.written) expect(simulation.sent.get(row)?.size).toBe(1);
    },
  );

  test.prop([fc.array(fc.integer({ min: 0, max: 500 }))])("never move a bound back", (clocks) => {
    let state: Positions = startLevels("0", 0, [60, 200]);
    for (const clock of clocks) {
      const next = moveBounds(state, clock, [60, 200]);
      expect(next.bounds[0]).toBeGreaterThanOrEqual(state.bounds[0]);
      expect(next.bounds[1]).toBeGreaterThanOrEqual(state.bounds[1]);
      expect(next.bounds[1]).toBeLessThanOrEqual(next.bounds[0]);
      state = next;
    }
  });
});

describe("FR-M2: the bounds of the levels", () => {
  it("leave no row between two levels, and give none to both", () => {
    const state = startLevels("100", 1000, [60, 200]);
    const windows = levels.map((level) => nextWindow(state, level, "200"));
    const [fast, middle, slow] = windows;
    expect([fast?.above, middle?.above]).toEqual([middle?.upTo, slow?.upTo]);
    expect([fast?.upTo, slow?.above]).toEqual([undefined, undefined]);
  });
});

describe("the bounds between two levels", () => {
  const state: Positions = {
    levels: [
      { horizon: "9", lastWindow: 1 },
      { horizon: "9", lastWindow: 1 },
      { horizon: "9", lastWindow: 1 },
    ],
    bounds: [60, 20],
  };
  const later = (changes: Partial<Positions>) =>
    moveBounds({ ...state, ...changes }, 1000, [60, 200]).bounds;

  it("move to what the clock says where all have read equally far", () => {
    expect(later({})).toEqual([940, 800]);
  });

  it("stay where one has read further, or has a window open", () => {
    const [l0, l1, l2] = state.levels;
    const open = { number: 2, from: "9", to: "10" };
    expect(later({ levels: [{ ...l0, horizon: "10" }, l1, l2] })).toEqual([60, 60]);
    expect(later({ levels: [l0, l1, { ...l2, horizon: "8" }] })).toEqual([940, 20]);
    expect(later({ levels: [{ ...l0, open }, l1, l2] })).toEqual([60, 60]);
    expect(later({ levels: [l0, { ...l1, open }, l2] })).toEqual([60, 20]);
    expect(later({ levels: [l0, l1, { ...l2, open }] })).toEqual([940, 20]);
  });
});

describe("the next window of a level", () => {
  it("begins where the last one ended, and there is none where nothing came since", () => {
    const state = startLevels("100", 1000, [60, 200]);
    expect(nextWindow(state, 0, "101")).toMatchObject({ number: 1, from: "100", to: "101" });
    expect(nextWindow(state, 0, "100")).toBeUndefined();
    expect(nextWindow(state, 0, "99")).toBeUndefined();
  });
});

const readOn = (sent: readonly SentRow[]): SourceWindow | undefined => {
  const first: SourceWindow = { number: 1, from: "100", to: "200" };
  return renumberOpen(opened(startLevels("100", 1000, [60, 200]), 0, first), () => sent).levels[0]
    .open;
};

describe("FR-M2: a window that is read on after VACUUM FULL", () => {
  it.each([
    ["on a whole millisecond", 2_000_000, 1999],
    ["within a millisecond", 2_000_500, 2000],
  ])("takes all rows of the last millisecond again, %s, but for those sent", (_what, ts, above) => {
    const sent: SentRow = [ts, "7", 1];
    const window = readOn([[1_000_000, "3", 1], sent]);
    expect(window).toMatchObject({ number: 2, above, except: [sent] });
  });

  it("is read from its beginning where no row sent has a time that can be a bound", () => {
    for (const ts of [-1, Date.UTC(10_000) * 1000]) {
      const window = readOn([[ts, "7", 1]]);
      expect(window).toEqual({ number: 2, from: "100", to: "200", except: [[ts, "7", 1]] });
    }
    expect(readOn([[0, "7", 1]])).toMatchObject({ above: -1 });
  });
});

describe("after the table was rewritten", () => {
  const sent: readonly SentRow[] = [[5_000_000, "d", 1]];

  it("level 0 reads all later rows once, whatever wrote them, and all levels go on from the new horizon", () => {
    const before: Positions = {
      levels: [
        { horizon: "7", lastWindow: 3, open: { number: 3, from: "7", to: "9" } },
        { horizon: "5", lastWindow: 2 },
        { horizon: "2", lastWindow: 1 },
      ],
      bounds: [60, 20],
    };
    const again = { number: 4, from: "852516352", to: "3000000000", above: 4, except: sent };
    expect(restartLevels(before, "3000000000", { above: 4, except: sent })).toEqual({
      levels: [
        { horizon: "3000000000", lastWindow: 4, open: again },
        { horizon: "3000000000", lastWindow: 2 },
        { horizon: "3000000000", lastWindow: 1 },
      ],
      bounds: [60, 20],
    });
  });
});
