import { describe, expect, it } from "vitest";
import type {
  AttributionRecorder,
  PastAttribution,
} from "../../src/detection/attribution-recorder.ts";
import { type PastInput, pastValues } from "../../src/detection/baseline/past-values.ts";
import { PartitionEngine } from "../../src/detection/engine.ts";
import { collapsingModel, collapsingRecords } from "../fakes/collapsing-model.ts";
import { settings } from "./streams.ts";

/** The state of a model whose first feature collapsed, its rows, and what was judged of them. */
function collapsed() {
  const judged: PastAttribution[] = [];
  const recorder: AttributionRecorder = { take: (past) => void judged.push(past) };
  const engine = new PartitionEngine(settings(), recorder);
  const records = collapsingRecords(60, 66);
  for (const [offset, record] of records.entries()) engine.apply(offset, record);
  const marker = { kind: "marker", id: "m", model: collapsingModel, at: 9e15, marker: "deploy" };
  engine.apply(records.length, { ...marker, kind: "marker" });
  const [saved] = engine.takeDirty(1e9);
  const rows = records.flatMap((record) => record.rows);
  const input: PastInput = {
    rows,
    state: saved?.state,
    model: collapsingModel,
    settings: settings(),
    features: ["a", "b", "new"],
  };
  return { judged, input };
}

describe("values of the past for a picture", () => {
  it("stand on the scale on which the episode was told, at the times of the attributions", () => {
    const { judged, input } = collapsed();
    const values = pastValues(input).values.get("a") ?? [];
    const newest = judged.at(-1)!;
    const slot = newest.names.indexOf("a");
    const last = values.at(-1)!;
    expect(last.at).toBe(newest.at);
    expect(last.value).toBeCloseTo(newest.shares[slot]!, 4);
    expect(last.low).toBeCloseTo(newest.low[slot]!, 4);
    expect(values).toHaveLength(66);
  });

  it("show the collapse below a band in which the others stay", () => {
    const { values } = pastValues(collapsed().input);
    const last = (feature: string) => values.get(feature)?.at(-1);
    const [a, b] = [last("a"), last("b")];
    expect(a!.value).toBeLessThan(a!.low!);
    expect(b!.value).toBeGreaterThan(b!.low!);
    expect(b!.value).toBeLessThan(b!.high!);
    expect(values.get("new")).toEqual([]);
  });

  it("are shares without a band before a state is saved", () => {
    const { input } = collapsed();
    const { values } = pastValues({ ...input, state: undefined });
    const [first] = values.get("a") ?? [];
    const own = input.rows.slice(0, 3).map(({ importance }) => importance);
    expect(first?.value).toBeCloseTo(own[0]! / own.reduce((sum, one) => sum + one, 0), 6);
    expect(first?.low).toBeUndefined();
  });

  it("are absent where a value is no number, and where a row is missing", () => {
    const { input } = collapsed();
    const rows = input.rows
      .filter(({ ts, feature }) => feature !== "a" || ts !== 60_000_000)
      .map((row) =>
        row.feature === "a" && row.ts === 120_000_000 ? { ...row, importance: Number.NaN } : row,
      );
    const [first, second, third] = pastValues({ ...input, rows }).values.get("a") ?? [];
    expect([first?.value, second?.value]).toEqual([Number.NaN, Number.NaN]);
    expect(third?.value).toBeGreaterThan(0);
  });

  it("come in the order of time whatever the order of the rows is, and tell what was announced", () => {
    const { input } = collapsed();
    const { values, changes } = pastValues({ ...input, rows: input.rows.toReversed() });
    const times = (values.get("a") ?? []).map(({ at }) => at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times).toHaveLength(66);
    expect(changes).toEqual([{ at: 9e15, what: "deploy" }]);
  });

  it("are means over windows where predictions are averaged", () => {
    const { input } = collapsed();
    const predictionWindowUs = 6 * 3_600_000_000;
    const windows = new Set(input.rows.map(({ ts }) => Math.floor(ts / predictionWindowUs)));
    const averaged = { ...input, state: undefined, settings: settings({ predictionWindowUs }) };
    const values = pastValues(averaged).values.get("a") ?? [];
    expect(values.map(({ at }) => at / predictionWindowUs)).toEqual([...windows]);
    expect(values.length).toBeLessThan(66);
  });
});
