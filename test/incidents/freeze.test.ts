/** When a freeze begins and ends, what it matches, and what is refused. */
import { describe, expect, it } from "vitest";
import {
  type AskedFreeze,
  type Freeze,
  freezeToEnd,
  isInForce,
  newFreeze,
} from "../../src/incidents/freeze.ts";
import { fitsMatchers, matchersText } from "../../src/incidents/matchers.ts";
import { openIncident } from "../fakes/episodes.ts";
import { freezeOf } from "../fakes/freezes.ts";

const nowMs = Date.UTC(2026, 10, 27, 8);
const hour = 3_600_000;
const asked: AskedFreeze = {
  id: "cli:1",
  name: "black friday",
  reason: "code freeze",
  by: "sarah",
  untilMs: nowMs + 2 * hour,
};

function begins(changes: Partial<AskedFreeze> = {}, freezes: readonly Freeze[] = []) {
  return newFreeze({ ...asked, ...changes }, { nowMs, freezes });
}

const ending = (name: string, freezes: readonly Freeze[]) => freezeToEnd(name, { nowMs, freezes });

function problemOf(found: Freeze | { readonly problem: string }): string {
  if ("problem" in found) return found.problem;
  throw new Error(`${found.name} begins`);
}

describe("a freeze", () => {
  it("begins with a name, a reason, who declared it, and an end", () => {
    expect(begins()).toEqual({
      ...asked,
      matchers: {},
      atMs: nowMs,
      declaredAtMs: nowMs,
      endedAtMs: null,
      endedBy: null,
    });
  });

  it("without a name has the next free number", () => {
    const holding = [freezeOf({ name: "freeze-1" }), freezeOf({ name: "freeze-3" })];
    expect(begins({ name: undefined }, holding)).toMatchObject({ name: "freeze-2" });
  });

  it.each([
    ["in the past", nowMs - 1, "The end of the freeze has passed."],
    ["of no length", nowMs, "The end of the freeze has passed."],
    ["of 59 s", nowMs + 59_000, "A freeze lasts from 1m to 7d."],
    ["of 7 days and a moment", nowMs + 168 * hour + 1, "A freeze lasts from 1m to 7d."],
    ["of 400 days", nowMs + 400 * 24 * hour, "A freeze lasts from 1m to 7d."],
    ["whose end is not a number", Number.NaN, "A freeze lasts from 1m to 7d."],
  ])("%s is refused", (_, untilMs, problem) => {
    expect(problemOf(begins({ untilMs }))).toContain(problem);
  });

  it.each([nowMs + 60_000, nowMs + 168 * hour])("may end at %s", (untilMs) => {
    expect(begins({ untilMs })).toMatchObject({ untilMs });
  });

  it.each([
    [{ name: " " }, "The name of the freeze is missing."],
    [{ name: "x".repeat(10_240) }, "The name of the freeze is longer than 60 characters."],
    [{ name: "black\u001b[2Jfriday" }, "The name of the freeze holds control characters"],
    [{ name: "black\u202efriday" }, "The name of the freeze holds control characters"],
    [{ reason: "" }, "The reason of the freeze is missing."],
    [{ reason: "x".repeat(1001) }, "The reason of the freeze is longer than 1000 characters."],
    [{ reason: "a\nb" }, "The reason of the freeze holds control characters"],
  ])("with %o is refused", (changes, problem) => {
    expect(problemOf(begins(changes))).toContain(problem);
  });

  it("is refused while another one holds of the same name, in any case", () => {
    const holding = [freezeOf({ name: "Black Friday", by: "tom", untilMs: nowMs + hour })];
    expect(problemOf(begins({}, holding))).toBe(
      'The freeze "Black Friday" by tom holds until 2026-11-27T09:00:00Z. Each name is used once at a time. Choose another name, or end that one first.',
    );
  });

  it("holds until its end, and no longer once a person has ended it", () => {
    const freeze = freezeOf({ untilMs: nowMs });
    expect([nowMs - 1, nowMs].map((at) => isInForce(freeze, at))).toEqual([true, false]);
    expect(isInForce({ ...freeze, endedAtMs: nowMs - hour }, nowMs - 1)).toBe(false);
    expect(isInForce({ ...freeze, untilMs: Number.NaN }, nowMs)).toBe(true);
  });
});

describe("a planned freeze", () => {
  const fromMs = nowMs + 48 * hour;
  const untilMs = nowMs + 72 * hour;
  const planned = freezeOf({ declaredAtMs: nowMs, atMs: fromMs, untilMs });

  it("holds from its start to its end, and not before", () => {
    expect(begins({ fromMs, untilMs })).toMatchObject({ atMs: fromMs, declaredAtMs: nowMs });
    const at = [nowMs, fromMs - 1, fromMs, untilMs - 1, untilMs];
    expect(at.map((ms) => isInForce(planned, ms))).toEqual([false, false, true, true, false]);
    expect(isInForce({ ...planned, endedAtMs: nowMs }, fromMs)).toBe(false);
  });

  it("holds at once where its start has passed, also by a clock that is behind", () => {
    const found = begins({ fromMs: nowMs - hour });
    expect(found).toMatchObject({ atMs: nowMs, declaredAtMs: nowMs });
    expect("atMs" in found && isInForce(found, nowMs - 1000)).toBe(true);
  });

  it("holds where its start is not a number", () => {
    expect(isInForce({ ...planned, atMs: Number.NaN }, nowMs)).toBe(true);
  });

  it.each([
    [{ fromMs: untilMs, untilMs }, "The end of the freeze is not after its start."],
    [{ fromMs, untilMs: fromMs + 59_000 }, "A freeze lasts from 1m to 7d."],
    [{ fromMs, untilMs: fromMs + 169 * hour }, "A freeze lasts from 1m to 7d."],
    [{ fromMs: nowMs + 367 * 24 * hour, untilMs: nowMs + 368 * 24 * hour }, "within 366 days"],
    [{ fromMs, untilMs: Number.NaN }, "A freeze lasts from 1m to 7d."],
  ])("with %o is refused", (changes, problem) => {
    expect(problemOf(begins(changes))).toContain(problem);
  });

  it("keeps its name for itself, and is said with its start", () => {
    expect(problemOf(begins({}, [planned]))).toContain(
      'The freeze "black friday" by sarah is planned from 2026-11-29T08:00:00Z until 2026-11-30T08:00:00Z.',
    );
  });
});

describe("ending a freeze", () => {
  const friday = freezeOf({ name: "black friday" });
  const number = freezeOf({ name: "freeze-1" });

  it("takes the name in any case, also where several hold", () => {
    expect(ending(" Black Friday", [number, friday])).toBe(friday);
  });

  it("without a name takes the only one, unless somebody gave it a name of its own", () => {
    expect(ending("", [number])).toBe(number);
    for (const several of [[friday], [number, friday]])
      expect(problemOf(ending("", several))).toContain("Say its name. Declared: ");
  });

  it("names the nearest where none has the name, and says when none holds at all", () => {
    expect(problemOf(ending("blak fridy", [number, friday]))).toContain(
      'No freeze is called "blak fridy". Did you mean "black friday"? Declared: ',
    );
    expect(problemOf(ending("x".repeat(10_240), [friday])).length).toBeLessThan(400);
    expect(problemOf(ending("black friday", []))).toBe("No freeze holds, and none is planned.");
  });
});

describe("matchers", () => {
  const incident = openIncident();

  it("without any list fit everything, and with several only what fits all", () => {
    expect(fitsMatchers({}, incident)).toBe(true);
    expect(fitsMatchers({ models: ["churn-v7"], severities: ["P1"] }, incident)).toBe(true);
    expect(fitsMatchers({ models: ["churn-v7"], severities: ["P0"] }, incident)).toBe(false);
  });

  it("name a service by its container or its compose service, and nothing while no target is known", () => {
    const matchers = { services: ["api"] };
    const container = { name: "shop-api-1", service: "api" };
    expect(fitsMatchers(matchers, incident, [container])).toBe(true);
    expect(fitsMatchers({ services: ["shop-api-1"] }, incident, [container])).toBe(true);
    expect(fitsMatchers(matchers, incident, [{ name: "web" }])).toBe(false);
    expect(fitsMatchers(matchers, incident, [])).toBe(false);
    expect(fitsMatchers(matchers, incident)).toBe(false);
  });

  it("are said by their keys", () => {
    expect(matchersText({ models: ["a", "b"], services: ["api"] })).toBe(
      "model a or b, service api",
    );
    expect(matchersText({})).toBe("");
  });
});
