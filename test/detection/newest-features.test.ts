import { describe, expect, it } from "vitest";
import { newestFeatures } from "../../src/detection/baseline/newest-features.ts";
import { pastValues } from "../../src/detection/baseline/past-values.ts";
import { PartitionEngine } from "../../src/detection/engine.ts";
import type { RowsRecord } from "../../src/stream/record.ts";
import { collapsingRecords, collapsingModel as model } from "../fakes/collapsing-model.ts";
import { settings } from "./streams.ts";

function collapsed(more: readonly RowsRecord[] = []) {
  const engine = new PartitionEngine(settings());
  const records = [...collapsingRecords(60, 66), ...more];
  for (const [offset, record] of records.entries()) engine.apply(offset, record);
  const marker = { kind: "marker", id: "m", model, at: 9e15, marker: "expected" } as const;
  engine.apply(records.length, { ...marker, model: "default/production/main/other" });
  const [saved] = engine.takeDirty(1e9);
  return { rows: records.flatMap(({ rows }) => rows), state: saved?.state };
}

describe("the newest features of a model, by its saved state", () => {
  const { rows, state } = collapsed();
  const known = { state, model, settings: settings() };
  const { at, features } = newestFeatures(known);

  it("stand on the scale of tickets and pictures", () => {
    const past = pastValues({ ...known, rows, features: ["a", "b"] }).values;
    for (const { feature, after, low, high } of features.filter((one) => past.has(one.feature))) {
      const last = past.get(feature)?.at(-1);
      expect([last?.at, last?.value, last?.low, last?.high]).toEqual([at, after, low, high]);
    }
  });

  it("come largest first, and what collapsed has lost its rank", () => {
    const sizes = features.map(({ before = 0, after = 0 }) => Math.max(before, after));
    expect(sizes).toEqual(sizes.toSorted((one, other) => other - one));
    const a = features.find(({ feature }) => feature === "a");
    expect(a?.after).toBeLessThan(a?.low ?? 0);
    expect(a?.rankAfter).toBe(features.length);
    expect(a?.rankBefore).toBeLessThan(features.length);
  });

  it("are those of the last attribution while the rows of the next one still come", () => {
    const [next] = collapsingRecords(60, 67).slice(-1);
    const begun = { ...next!, rows: next!.rows.slice(0, 1) };
    expect(newestFeatures({ ...known, state: collapsed([begun]).state })).toEqual({ at, features });
  });

  it("are none before a state is saved", () => {
    expect(newestFeatures({ ...known, state: undefined })).toEqual({ at: undefined, features: [] });
  });
});
