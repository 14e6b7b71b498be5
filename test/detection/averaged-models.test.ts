/** Models whose attributions are means over windows of predictions. */
import { describe, expect, it } from "vitest";
import { PartitionEngine } from "../../src/detection/engine.ts";
import type { Row } from "../../src/stream/record.ts";
import { inWindows, row, rowsOf, source, tick, windowUs } from "./predictions.ts";
import { churn, minute, random, settings, start, type World } from "./streams.ts";

const attribution = (minutes: number): readonly Row[] =>
  [0.5, 0.3, 0.2].map((value, feature) => row(minutes, "abc"[feature]!, value));

/** Forty windows of three features with little noise, a row a minute. */
function steady(world: World, to: number, of: (window: number) => number = () => 0.5): World {
  const uniform = random(3);
  for (let i = 0; i < to; i++) {
    const rows = Array.from({ length: 10 }, (_, k) => k).flatMap((k) => {
      const values = [of(i), 0.3, 0.2].map((value) => value * (1 + 0.04 * (uniform() - 0.5)));
      return values.map((value, feature) => row(10 * i + k, "abc"[feature]!, value));
    });
    world.apply(rowsOf(i + 1, rows));
    world.apply(tick(10 * i + 10.5));
  }
  return world;
}

describe("a model whose predictions are averaged", () => {
  it("opens an episode with the window in it, and says its newest row", () => {
    const world = steady(inWindows(), 60, (i) => (i < 40 ? 0.5 : 0.05));
    const [opened, ...others] = world.opened;
    expect(others).toEqual([]);
    expect(opened).toMatchObject({ kind: "shift", predictionWindowUs: windowUs });
    expect(opened?.features[0]?.feature).toBe("a");
    expect((opened?.at ?? 0) % windowUs).toBe(0);
    expect(opened?.newestRow).toBe((opened?.at ?? 0) + 9 * minute);
  });

  it("is silent three and a quarter windows after the start of the last one, and not before", () => {
    const world = steady(inWindows(), 40);
    world.apply(tick(390 + 32.4));
    expect(world.opened).toEqual([]);
    world.apply(tick(390 + 32.5));
    expect(world.opened.map(({ kind, newestRow }) => [kind, newestRow])).toEqual([
      ["silent", start + 399 * minute],
    ]);
  });

  it("is not silent while a window with its rows is open", () => {
    const world = steady(inWindows(), 40);
    world.apply(rowsOf(41, attribution(421)));
    world.apply(tick(425));
    world.apply(tick(431));
    expect(world.opened).toEqual([]);
  });

  it("judges nothing that is mixed of before and after a marker, and relearns after it", () => {
    const marked = steady(inWindows(), 40);
    const at = start + 395 * minute;
    const marker = { kind: "marker", id: "m", model: churn, at, marker: "retrain" } as const;
    marked.apply(marker);
    marked.apply(rowsOf(41, [row(399.5, "new", 400)]));
    marked.apply(tick(400));
    const before = marked.engine.model(churn)?.learned;
    marked.apply(tick(411));
    expect(before).toBeGreaterThan(30);
    expect(marked.engine.model(churn)?.learned).toBe(0);
    expect(marked.opened).toEqual([]);
  });

  it("answers whether a run helped by the windows that begin after it", () => {
    const world = steady(inWindows(), 40);
    const since = start + 395 * minute;
    const verify = { kind: "verify", run: "r", model: churn, since, notBefore: since } as const;
    world.apply({ ...verify, minAttributions: 2, giveUpCadences: 6 });
    world.apply(rowsOf(41, attribution(401)));
    world.apply(tick(411));
    expect(world.events).toEqual([]);
    world.apply(rowsOf(42, attribution(411)));
    world.apply(tick(421));
    expect(world.events).toMatchObject([{ type: "verified", outcome: "recovered" }]);
  });

  it("starts anew when the window is changed, and drops the open ones", () => {
    const world = steady(inWindows(), 40);
    const [{ model, ...state } = { model: "", state: new Uint8Array(), appliedThrough: 0 }] =
      world.engine.takeDirty(1e9);
    const other = new PartitionEngine(settings({ ...source, predictionWindowUs: 2 * windowUs }));
    expect(other.restore(model, state)).toContain("own");
    expect(other.model(churn)?.learned).toBe(0);
    const same = new PartitionEngine(settings(source));
    expect(same.restore(model, state)).toEqual([]);
  });
});
