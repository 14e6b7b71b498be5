import { describe, expect, it } from "vitest";
import type { RawRow } from "../../src/source/rows.ts";
import { noSourceRows, RowTally } from "../../src/source/source-rows.ts";
import { Usability } from "../../src/source/usability.ts";

const read = (rows: number, nulls = 0) => ({
  read: rows,
  leftOut: nulls === 0 ? {} : { null_feature: nulls },
});

describe("the rows of a source (FR-B9)", () => {
  it("what is acknowledged of an open window is shown, and stored when the window is closed", () => {
    const tally = new RowTally();
    tally.acknowledged("level 0", read(5, 1));
    tally.acknowledged("level 0", read(2));
    expect(tally.shown).toEqual(read(7, 1));
    expect(tally.stored).toEqual(noSourceRows);
    tally.close("level 0");
    expect(tally.stored).toEqual(read(7, 1));
  });

  it("a window that is read again after a crash counts once", () => {
    const before = new RowTally(read(10));
    before.acknowledged("level 1", read(3));
    const after = new RowTally(before.stored);
    after.acknowledged("level 1", read(4));
    after.close("level 1");
    expect(after.shown).toEqual(read(14));
  });

  it("what was acknowledged of open windows counts when the table was rewritten", () => {
    const tally = new RowTally();
    tally.acknowledged("level 0", read(1));
    tally.acknowledged("level 2", read(2));
    tally.closeAll();
    expect(tally.stored).toEqual(read(3));
    expect(tally.isOpen("level 2")).toBe(false);
  });
});

const row = (importance: string | null): RawRow => [0, "age", importance, "(0,1)", ""];

describe("a source of which nearly nothing can be used (FR-B4)", () => {
  it("is not healthy, and the reason has an example value and what to do", () => {
    const usability = new Usability();
    usability.add({ read: 100, unusable: 95, example: row("0,25") });
    expect(usability.problem).toBe(
      '95 % of the newest rows cannot be used, for example timestamp "1970-01-01T00:00:00.000Z", feature "age", importance "0,25". Name columns of the source that hold a time, a name and a plain number, or cast them in a view.',
    );
  });

  it("is healthy with a few bad rows, and while only a few rows are known", () => {
    const usability = new Usability();
    usability.add({ read: 19, unusable: 19, example: row(null) });
    expect(usability.problem).toBeUndefined();
    usability.add({ read: 1000, unusable: 100, example: row(null) });
    expect(usability.problem).toBeUndefined();
  });

  it("is healthy again once its newest rows can be used", () => {
    const usability = new Usability();
    usability.add({ read: 5000, unusable: 5000, example: row(null) });
    expect(usability.problem).toBeDefined();
    usability.add({ read: 200, unusable: 0, example: undefined });
    expect(usability.problem).toBeUndefined();
  });
});
