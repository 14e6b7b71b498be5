/** Issue 14, part 0: settings apart from states. What each setting that detection has does to what was learned. */
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { detectorTypes } from "../../detectors/index.ts";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { engineSettings } from "../../src/app/engine-settings.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { configSchema } from "../../src/config/schema.ts";
import { PartitionEngine } from "../../src/detection/engine.ts";
import { churn, vectors, World } from "../detection/streams.ts";

const enginesBy = (detection: string, source = ""): PartitionEngine => {
  const text = `store: {url: postgres://h/d}\nsources: {main: {${source}}}\ndetection: {${detection}}\n`;
  const config = parseConfig(text, { file: "dw.yaml", remediations });
  return new PartitionEngine(engineSettings(config, detectorTypes));
};

const learned = ((): { readonly state: Uint8Array; readonly appliedThrough: number } => {
  const world = new World();
  world.engine = enginesBy("");
  const vectorOf = vectors(5);
  const [saved] = world.run(0, 200, vectorOf).engine.takeDirty(1e9);
  return saved!;
})();

/** What a program with these settings keeps of the state, and which sections it drops. */
function restoredBy(engine: PartitionEngine) {
  const dropped = engine.restore(churn, learned);
  const [model] = engine.models();
  return { dropped, features: model?.features, learned: model?.learned };
}

const everything = restoredBy(enginesBy(""));

/** A value of each setting that is not its default. */
const keepEverything: Readonly<Record<string, string>> = {
  sensitivity: "high",
  open_after: "3 of 5",
  close_after: "9",
  max_models: "7",
  max_new_models_per_hour: "7",
  max_features: "300",
  retire_after: "90d",
  checkpoint_interval: "10s",
  overrides:
    "[{model: churn, sensitivity: low, direction: drops, least_effect: {share: 2 %, value: 1, relative: 10 %}}, {feature: f3, sensitivity: high}, {feature: f4, ignore: true}]",
};

/** Its two detectors are judges there, with parameters of their own that shape what they learn. */
const dropped: Readonly<Record<string, readonly [value: string, sections: readonly string[]]>> = {
  preset: ["plain", ["half-space-trees", "rolling-z-score"]],
};

const schema = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" });
const inDetection = z
  .looseObject({
    properties: z.looseObject({ detection: z.looseObject({ properties: z.looseObject({}) }) }),
  })
  .parse(schema).properties.detection.properties;

describe("a change of a setting of detection, by restart or by reload", () => {
  it("every key of detection: is in one of the two lists here", () => {
    const told = [...Object.keys(keepEverything), ...Object.keys(dropped)];
    expect(told.toSorted()).toEqual(Object.keys(inDetection).toSorted());
  });

  it.each(Object.entries(keepEverything))("%s: %s drops nothing", (key, value) => {
    expect(restoredBy(enginesBy(`${key}: ${value}`))).toEqual({ ...everything, dropped: [] });
  });

  it.each(Object.entries(keepEverything))(
    "%s: %s leaves every learned byte as it is",
    (key, value) => {
      const engine = enginesBy(`${key}: ${value}`);
      engine.restore(churn, learned);
      engine.apply(learned.appliedThrough + 1, {
        kind: "feedback",
        id: "x",
        model: churn,
        at: 0,
        verdict: "real",
        features: [],
      });
      const [again] = engine.takeDirty(1e9);
      expect(memoryOf(again!.state)).toEqual(memoryOf(learned.state));
    },
  );

  it.each(["sensitivity", "open_after", "close_after", "overrides"])(
    "%s may decide otherwise, so what is decided again is held against no stored decision",
    (key) => {
      const engine = enginesBy(`${key}: ${keepEverything[key]}`);
      engine.restore(churn, learned);
      expect([...engine.reshaped]).toEqual([churn]);
    },
  );

  it("the same settings decide the same", () => {
    const engine = enginesBy("");
    engine.restore(churn, learned);
    expect([...engine.reshaped]).toEqual([]);
  });

  it.each(Object.entries(dropped))(
    "%s drops the windows of what judges otherwise",
    (key, [value, sections]) => {
      const { dropped: lost } = restoredBy(enginesBy(`${key}: ${value}`));
      expect(lost.toSorted()).toEqual(sections);
    },
  );

  it("transform drops everything: all numbers mean something else", () => {
    const { dropped: lost } = restoredBy(enginesBy("", "transform: share"));
    expect(lost).toContain("own");
  });

  it.each(["assembly_window: 30s", "ignore: [f3]", "poll_interval: 5s"])(
    "%s of a source drops nothing",
    (line) => {
      expect(restoredBy(enginesBy("", line))).toEqual(everything);
    },
  );
});

/** What follows the header, which names the settings that decided. */
function memoryOf(state: Uint8Array): string {
  const bytes = Buffer.from(state);
  return bytes.subarray(4 + bytes.readUInt32LE(0)).toString("base64");
}
