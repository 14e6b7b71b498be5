import { beforeEach, describe, expect, it } from "vitest";
import type { VerifyRecord } from "../../src/stream/record.ts";
import { cadence, churn, indexOf, start, type Vector, vectors, World } from "./streams.ts";

/** Each test sees the stream from its beginning, whatever ran before. */
let vectorOf: (i: number) => Vector;
beforeEach(() => {
  vectorOf = vectors(9);
});
const collapsed = (i: number): Vector => {
  const vector = vectorOf(i);
  return { ...vector, f1: vector["f1"]! * 0.1 };
};

const question = (run = "run-1"): VerifyRecord => ({
  kind: "verify",
  run,
  model: churn,
  since: start + 309.5 * cadence,
  notBefore: start + 310.5 * cadence,
  minAttributions: 3,
  giveUpCadences: 6,
});

/** A collapse from 300 on, a question at 309.5, then as told. */
function asked(then: (i: number) => Vector | undefined, to = 330): World {
  const world = new World().run(0, 300, vectorOf).run(300, 310, collapsed);
  world.apply(question());
  return world.run(310, to, then);
}

const answers = (world: World) =>
  world.events.flatMap((event) =>
    event.type === "verified" ? [[event.run, event.outcome, indexOf(event.at)]] : [],
  );

describe("the answer to a run's question", () => {
  it("is recovered once enough attributions in a row were clean, before the episode closes", () => {
    expect(answers(asked(vectorOf))).toEqual([["run-1", "recovered", 312]]);
  });

  it("is not_recovered when the fault goes on", () => {
    expect(answers(asked(collapsed))).toEqual([["run-1", "not_recovered", 312]]);
  });

  it("waits for a model that is recovering: a repair may take effect an attribution late", () => {
    expect(answers(asked((i) => (i < 311 ? collapsed(i) : vectorOf(i))))).toEqual([
      ["run-1", "recovered", 313],
    ]);
  });

  it("is not_recovered when it went to and fro until it gave up", () => {
    const world = asked((i) => (i % 2 === 0 ? collapsed(i) : vectorOf(i)));
    expect(answers(world).map(([, outcome]) => outcome)).toEqual(["not_recovered"]);
  });

  it("is inconclusive when no data comes: ticks give up after six cadences", () => {
    expect(answers(asked(() => undefined))).toEqual([["run-1", "inconclusive", 315.5]]);
  });

  it("comes once, though the question comes twice", () => {
    const world = asked(vectorOf);
    world.apply(question());
    world.run(330, 340, vectorOf);
    expect(answers(world)).toHaveLength(1);
  });

  it("waits for its earliest time", () => {
    const world = new World().run(0, 300, vectorOf).run(300, 310, collapsed);
    world.apply({ ...question(), notBefore: start + 320 * cadence });
    expect(answers(world.run(310, 330, vectorOf))).toEqual([["run-1", "recovered", 320]]);
  });

  it("is inconclusive at once for a model that was never seen", () => {
    const world = new World();
    world.apply(question("run-2"));
    expect(answers(world)).toEqual([["run-2", "inconclusive", 310.5]]);
  });
});
