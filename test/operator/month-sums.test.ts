/** The sums of a month, against a recomputation that counts in the plainest way. */
import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { type MonthSums, measureNames, median, monthSums } from "../../src/operator/month-sums.ts";
import type { BlindTime } from "../../src/store/month/blind.ts";
import { emptyMonth, found, november } from "./month-facts.ts";

const verdicts = ["real", "false_positive", "expected", "wont_do", "wrong_team", null] as const;
const outcomes = ["recovered", "not_recovered", "inconclusive", "failed", "unknown", null] as const;
const gates = ["cooldown", "budget", "refused"] as const;
const minute = 60_000;

describe("the sums of a month", () => {
  test.prop([fc.array(fc.constantFrom(...verdicts))])(
    "count each incident once, by what people said",
    (said) => {
      const incidents = said.map((verdict, number) => found({ number, verdict }));
      const { value, parts } = monthSums({ ...emptyMonth, incidents }).found;
      expect(value).toBe(said.length);
      for (const verdict of verdicts)
        expect(parts[verdict ?? "nobody_said"] ?? 0).toBe(
          said.filter((one) => one === verdict).length,
        );
    },
  );

  test.prop([fc.array(fc.constantFrom(...outcomes))])(
    "count each act once, by its outcome",
    (all) => {
      const acts = all.map((outcome) => ({ fix: "f", outcome }));
      const { value, parts } = monthSums({ ...emptyMonth, acts }).acted;
      expect(value).toBe(all.length);
      for (const outcome of outcomes)
        expect(parts[outcome ?? "not_judged"] ?? 0).toBe(
          all.filter((one) => one === outcome).length,
        );
    },
  );

  test.prop([
    fc.uniqueArray(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.constantFrom(...gates)), {
      selector: ([run, gate]) => `${run} ${gate}`,
    }),
  ])("count a run that several gates denied once, and once for each gate", (pairs) => {
    const decisions = pairs.map(([run, gate]) => ({
      run: `r${run}`,
      status: "denied" as const,
      gate,
    }));
    const { value, parts } = monthSums({ ...emptyMonth, decisions }).refused;
    expect(value).toBe(new Set(pairs.map(([run]) => run)).size);
    for (const gate of gates)
      expect(parts[gate] ?? 0).toBe(pairs.filter(([, one]) => one === gate).length);
  });

  test.prop([fc.array(fc.tuple(fc.constantFrom("a", "b", "c"), fc.option(fc.nat(50))))])(
    "add up the mails by model, and leave out what is not known",
    (sent) => {
      const incidents = sent.map(([model, mails], number) =>
        found({ number, mails, subject: `t/e/s/${model}` }),
      );
      const { value, parts } = monthSums({ ...emptyMonth, incidents }).mails;
      const known = sent.filter(([, mails]) => mails !== null);
      const naive = known.reduce((all, [, mails]) => all + (mails ?? 0), 0);
      expect(value).toBe(known.length === 0 && sent.length > 0 ? null : naive);
      expect(Object.values(parts).reduce((all, mails) => all + mails, 0)).toBe(naive);
    },
  );

  test.prop([fc.array(fc.option(fc.integer({ min: 0, max: 1000 })), { minLength: 1 })])(
    "give as many slower as faster answers than the median, of those that came",
    (delays) => {
      const incidents = delays.map((delay, number) => {
        const one = found({ number });
        return { ...one, answeredAtMs: delay === null ? null : (one.toldAtMs ?? 0) + delay };
      });
      const { value, parts } = monthSums({ ...emptyMonth, incidents }).answered;
      const known = delays.filter((delay) => delay !== null);
      expect(parts["nobody"] ?? 0).toBe(delays.length - known.length);
      if (known.length === 0) {
        expect(value).toBeNull();
        return;
      }
      const below = known.filter((delay) => delay < (value ?? 0)).length;
      const above = known.filter((delay) => delay > (value ?? 0)).length;
      expect(known).toContain(value);
      expect(Math.max(below, above)).toBeLessThanOrEqual(known.length / 2);
    },
  );

  it("have no median of nothing", () => {
    expect(median([])).toBeUndefined();
    expect(median([3, 1, 2, 9])).toBe(2);
  });
});

/** Minutes of the month, counted from its start. */
const blindTimes = fc.array(
  fc.tuple(
    fc.constantFrom("daemon", "source main"),
    fc.integer({ min: -50, max: 200 }),
    fc.nat(90),
  ),
);
const timesOf = (all: readonly (readonly [string, number, number])[]): readonly BlindTime[] =>
  all.map(([what, from, minutes]) => ({
    what,
    fromMs: november.startMs + from * minute,
    untilMs: november.startMs + (from + minutes) * minute,
  }));

const since = (watchedFromMs: number | null) =>
  monthSums({ ...emptyMonth, reach: { ...emptyMonth.reach, watchedFromMs } }).blind;

describe("the blind time of a month", () => {
  test.prop([blindTimes])("is every minute that is covered, once", (all) => {
    const blind = timesOf(all);
    const { value, parts } = monthSums({ ...emptyMonth, blind }).blind;
    const minutesOf = (what?: string): number =>
      Array.from({ length: 300 }, (_, n) => november.startMs + n * minute).filter((at) =>
        blind.some(
          (one) => (what ?? one.what) === one.what && one.fromMs <= at && at < one.untilMs,
        ),
      ).length;
    expect(value).toBe(minutesOf() * minute);
    for (const what of ["daemon", "source main"])
      expect(parts[what] ?? 0).toBe(minutesOf(what) * minute);
  });

  it("goes on while no process gives a sign of life", () => {
    const { nowMs } = emptyMonth.reach;
    const of = (minutes: number): number | null => {
      const reach = { ...emptyMonth.reach, seenAtMs: nowMs - minutes * minute };
      return monthSums({ ...emptyMonth, reach }).blind.value;
    };
    expect(of(2)).toBe(0);
    expect(of(90)).toBe(90 * minute);
  });

  it("is not measured before it was recorded, and says since when it is", () => {
    expect(since(null)).toMatchObject({ value: null, why: "blind times were not recorded yet" });
    expect(since(november.endMs).value).toBeNull();
    expect(since(Date.UTC(2026, 10, 20))).toMatchObject({
      value: 0,
      why: "recorded since 2026-11-20",
    });
  });
});

const reasons = (sums: MonthSums): readonly (string | null)[] =>
  measureNames.map((name) => sums[name].why);

describe("what was not measured", () => {
  it("is never 0: a month before the store, and a store that was never used", () => {
    const before = { ...emptyMonth.reach, journalFromMs: november.endMs };
    const never = { ...emptyMonth.reach, journalFromMs: null };
    for (const reach of [before, never]) {
      const sums = monthSums({ ...emptyMonth, reach });
      expect(measureNames.filter((name) => sums[name].value !== null)).toEqual([]);
      expect(reasons(sums).every((why) => why !== null)).toBe(true);
    }
  });

  it("is told of a month of which retention has deleted a part", () => {
    const reach = { ...emptyMonth.reach, journalFromMs: Date.UTC(2026, 10, 10), pruned: true };
    const {
      told,
      asked,
      found: incidents,
    } = monthSums({
      ...emptyMonth,
      reach,
      incidents: [found()],
    });
    const why = "retention.journal has deleted what was before 2026-11-10";
    expect([told.why, asked.why, incidents.why]).toEqual([why, why, null]);
  });

  it("is a time that no incident has, and mails where there are no tickets", () => {
    const nothing = { beganAtMs: null, toldAtMs: null, mails: null, resolvedAtMs: null };
    const sums = monthSums({ ...emptyMonth, incidents: [found(nothing)] });
    expect([sums.told.value, sums.resolved.value, sums.mails.value]).toEqual([null, null, null]);
  });

  it("is not a month in which nothing happened: that is 0", () => {
    const sums = monthSums(emptyMonth);
    const counts = ["found", "asked", "acted", "refused", "mails", "blind"] as const;
    expect(counts.map((name) => sums[name].value)).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
