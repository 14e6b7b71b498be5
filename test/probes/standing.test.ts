import { describe, expect, it } from "vitest";
import type { ProbeAnswer, ProbeFinding } from "../../src/probes/probe.ts";
import { isUndecided, newStanding, type ProbeStanding, stood } from "../../src/probes/standing.ts";

const finding: ProbeFinding = {
  kind: "down",
  reach: "silent",
  class: "infrastructure",
  said: "does not answer",
};
const answers: Readonly<Record<string, ProbeAnswer>> = {
  f: { status: "fine" },
  x: { status: "failing", finding },
  C: { status: "failing", finding: { ...finding, certain: true } },
  s: { status: "starting", finding },
  u: { status: "unasked", reason: "the name server does not answer" },
};

const minute = 60_000;

/** Each letter is an answer, a minute after the one before. */
function after(letters: string, startedAtMs?: number): ProbeStanding {
  return letters.split("").reduce<ProbeStanding>(
    (standing, letter, n) =>
      stood(standing, answers[letter]!, {
        nowMs: n * minute,
        startGraceMs: 3 * minute,
        ...(startedAtMs !== undefined && { startedAtMs }),
      }),
    newStanding,
  );
}

describe("two of three", () => {
  it.each([
    ["x", false],
    ["xx", true],
    ["xfx", true],
    ["xff", false],
    ["xffx", false],
    ["xxf", true],
    ["xxff", false],
    ["xxfx", true],
    ["xxffx", false],
    ["C", true],
    ["Cf", true],
    ["Cff", false],
    ["xuuux", true],
    ["xxuuuuu", true],
  ])("%s", (letters, failing) => {
    expect(after(letters).failing).toBe(failing);
  });

  it("a question that cannot be asked changes nothing", () => {
    expect(after("xxfuuu")).toEqual(after("xxf"));
  });

  it.each([
    ["x", true],
    ["xx", false],
    ["xxf", true],
    ["xxff", false],
    ["f", false],
  ])("after %s it is asked again soon: %s", (letters, soon) => {
    expect(isUndecided(after(letters))).toBe(soon);
  });

  it("forgets the finding when it is over", () => {
    expect(after("xxfff")).toEqual(newStanding);
  });
});

describe("the start grace", () => {
  it("counts no answer that says that it starts, until the grace is over", () => {
    expect(after("sss").failing).toBe(false);
    expect(after("ssss").failing).toBe(false);
    expect(after("sssss").failing).toBe(true);
  });

  it("begins anew after a fine answer", () => {
    expect(after("sssfsss").failing).toBe(false);
  });

  it("counts no failure soon after the container has started", () => {
    expect(after("xxx", 0).failing).toBe(false);
    expect(after("xxxxx", 0).failing).toBe(true);
  });

  it("does not hide what the engine has recorded", () => {
    expect(after("C", 0).failing).toBe(true);
  });
});
