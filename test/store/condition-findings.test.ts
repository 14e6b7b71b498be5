/** The lines of `driftwarden doctor` about the store: each green, and each red in every way. */
import { describe, expect, it } from "vitest";
import type { StoreCondition } from "../../src/store/condition.ts";
import { conditionFindings, type StoreSettings } from "../../src/store/condition-findings.ts";

const day = 86_400_000;
const settings: StoreSettings = {
  keepMs: { decisions: 90 * day, outbox: 30 * day, journal: 400 * day },
  hash: "mine",
  knownVersion: 22,
  minVersion: 16,
};
const right: StoreCondition = {
  clock: { askedMs: 1000, answeredMs: 1010, theirsMs: 1005 },
  schema: { version: 22, minVersion: 16 },
  size: { schema: 50 * 1024 ** 2, database: 3 * 1024 ** 3 },
  oldest: [
    { table: "decisions", ageMs: 90.5 * day },
    { table: "outbox", ageMs: null },
    { table: "journal", ageMs: day },
  ],
  processes: [{ owner: "a", hash: "mine" }],
};

const red: Readonly<
  Record<string, readonly (readonly [Partial<StoreCondition>, string, number?])[]>
> = {
  clock: [
    [
      { clock: { askedMs: 10_000, answeredMs: 10_000, theirsMs: 5_000 } },
      "5s ahead of the store's",
    ],
    [{ clock: { askedMs: 0, answeredMs: 200, theirsMs: 90_100 } }, "1m30s behind the store's"],
  ],
  schema: [
    [{ schema: { version: 20, minVersion: 16 } }, "from 20 to 22"],
    [{ schema: { version: 12, minVersion: 8 } }, "programs that know less than 16 are refused"],
    [{ schema: { version: 23, minVersion: 16 } }, "of a newer program"],
  ],
  size: [
    [{ oldest: [{ table: "decisions", ageMs: 95 * day }] }, "retention.decisions is 90d"],
    [{ oldest: [{ table: "outbox", ageMs: 32 * day }] }, "the oldest row of outbox is 32d old"],
    [{ oldest: [{ table: "journal", ageMs: 500 * day }] }, "journal"],
  ],
  group: [
    [
      { processes: [{ owner: "b", hash: "other" }] },
      "1 process decides by other settings than this file: b",
    ],
    [{ processes: [{ owner: "c", hash: null }] }, "an older program runs on this store: c"],
  ],
};

describe("a line of doctor about the store", () => {
  it("is green where everything is right, and has a red case", () => {
    const found = conditionFindings(right, settings);
    expect(found.filter(({ ok, doubtful }) => !ok || doubtful)).toEqual([]);
    expect(found.map(({ check }) => check).toSorted()).toEqual(Object.keys(red).toSorted());
  });

  const cases = Object.entries(red).flatMap(([check, reds]) =>
    reds.map(([changed, says]) => ({ check, changed, says })),
  );

  it.each(cases)("was red: $check, $says", ({ check, changed, says }) => {
    const found = conditionFindings({ ...right, ...changed }, settings);
    const told = found.filter(({ ok, doubtful }) => !ok || doubtful);
    expect(told).toMatchObject([{ check, message: expect.stringContaining(says) }]);
    expect(told[0]?.hint).toMatch(/^\S.{10,}/);
    expect(told[0]?.ask).toMatch(/you|administrator/);
  });

  it.each([
    [61_000, "DW_MACHINE_CLOCK"],
    [60_999, null],
  ])("is wrong once the clocks are a minute apart for certain: %i", (theirsMs, code) => {
    const clock = { askedMs: 0, answeredMs: 1000, theirsMs };
    expect(conditionFindings({ ...right, clock }, settings)[0]?.code).toBe(code);
  });
});
