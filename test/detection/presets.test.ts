import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import type { PresetUses } from "../../detectors/preset.ts";
import { choiceOf } from "../../src/cli/choice-options.ts";
import {
  type DetectorChoice,
  detectorNamed,
  detectorSet,
} from "../../src/detection/baseline/default-detectors.ts";
import { PartitionEngine } from "../../src/detection/engine.ts";
import type { EpisodeOpened } from "../../src/detection/event.ts";
import {
  indexOf,
  random,
  rowsAt,
  rowsRecord,
  settings,
  tickAt,
  type Vector,
  vectors,
} from "./streams.ts";

/** What opens on these vectors under a preset; values are taken as they are. */
function opened(
  choice: DetectorChoice,
  end: number,
  vectorOf: (i: number) => Vector,
): readonly EpisodeOpened[] {
  const engine = new PartitionEngine({
    ...settings({ transform: "none" }),
    detectors: detectorSet(detectorTypes, choice),
  });
  return Array.from({ length: end }, (_, i) => [
    rowsRecord(i, rowsAt(i, vectorOf(i))),
    tickAt(i + 0.5),
  ])
    .flat()
    .flatMap((record, offset) => engine.apply(offset, record))
    .filter((event) => event.type === "episode_opened");
}

/** Two features of which one is large and the other small; from 600 on both are large: each by itself is as ever. */
function seesaw(): (i: number) => Vector {
  const uniform = random(3);
  return (i) => {
    const near = (value: number): number => value + 0.03 * (uniform() - 0.5);
    const up = uniform() < 0.5;
    const rest = { w: near(0.5), z: near(0.5) };
    if (i >= 600) return { ...rest, x: near(0.8), y: near(0.8) };
    return { ...rest, x: near(up ? 0.8 : 0.2), y: near(up ? 0.2 : 0.8) };
  };
}

describe("the preset plain", () => {
  it("has the plain rule and half-space trees as the only deciding detectors", () => {
    const plain = detectorSet(detectorTypes, { preset: "plain" });
    expect(
      plain.map(({ type, params, deciding, boundary }) => [type.name, params, deciding, boundary]),
    ).toEqual([
      ["rolling-z-score", expect.objectContaining({ threshold: 3 }), true, undefined],
      ["half-space-trees", expect.objectContaining({ calibrate: false }), true, 0.8],
    ]);
  });

  it("finds a jump by three deviations, and says so", () => {
    const vectorOf = vectors(5);
    const [first] = opened({ preset: "plain" }, 320, (i) => {
      const vector = vectorOf(i);
      return i < 300 ? vector : { ...vector, f1: vector["f1"]! * 3 };
    }).filter(({ at }) => indexOf(at) >= 300);
    expect(first).toMatchObject({ kind: "leak", reason: expect.stringContaining("f1 rose to") });
    expect(indexOf(first!.at)).toBeLessThanOrEqual(301);
    expect(first?.features[0]?.feature).toBe("f1");
    expect(first?.detectors.map(({ detector }) => detector)).toEqual([
      "rolling-z-score",
      "half-space-trees",
    ]);
  });

  it("finds a combination that no feature shows by half-space trees, and names the odd one", () => {
    const [first, ...rest] = opened({ preset: "plain" }, 620, seesaw());
    expect(rest).toEqual([]);
    expect(indexOf(first!.at)).toBe(601);
    expect(first?.reason).toMatch(
      /^few recent attributions were like this one, least of all in [xy]: half-space-trees 1\.\d+ times its boundary$/,
    );
    expect(["x", "y"]).toContain(first?.features[0]?.feature);
    expect(first?.features).toHaveLength(1);
  });

  it("has no sensitivity", () => {
    expect(() => choiceOf({ preset: "plain", sensitivity: "high" }, undefined)).toThrow(
      "the preset plain has no sensitivity",
    );
    expect(choiceOf({ preset: "standard", sensitivity: "high" }, undefined)).toEqual({
      preset: "standard",
      sensitivity: "high",
    });
  });
});

describe("a detector that a preset does not name", () => {
  it("does not run in it, and one that decides stands before the advisory ones", () => {
    const [first] = detectorTypes;
    expect.assert(first);
    const of = (name: string, uses: PresetUses) => ({ ...first, name, presets: uses });
    const types = [
      of("advisory", { standard: () => ({ deciding: false, params: {} }) }),
      of("deciding", { standard: () => ({ deciding: true, params: {} }) }),
      of("elsewhere", { plain: () => ({ deciding: true, params: {} }) }),
    ];
    const names = detectorSet(types, { preset: "standard" }).map(({ type }) => type.name);
    expect(names).toEqual(["deciding", "advisory"]);
  });
});

describe("the preset standard", () => {
  it("is what runs when nothing is said", () => {
    const said = detectorSet(detectorTypes, { preset: "standard", sensitivity: "normal" });
    expect(detectorSet(detectorTypes, {})).toEqual(said);
    expect(settings().detectors).toEqual(said);
    expect(said.filter(({ deciding }) => deciding).map(({ type }) => type.name)).toEqual([
      "seasonal-chart",
      "range-watch",
    ]);
  });
});

describe("a detector by its name", () => {
  it("that is not there is refused as DW_DETECTION_UNKNOWN_DETECTOR, with those that are", () => {
    expect(() => detectorNamed(detectorTypes, "nosuch")).toThrow(
      expect.objectContaining({
        code: "DW_DETECTION_UNKNOWN_DETECTOR",
        hint: expect.stringContaining("rolling-z-score"),
      }),
    );
  });
});
