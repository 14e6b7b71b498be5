import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { fileSettings } from "../../src/app/engine-settings.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { defaultSource } from "../../src/detection/settings.ts";

const settingsOf = (sources: string) => {
  const text = `store: {url: postgres://h/d}\nsources: ${sources}\n`;
  const config = parseConfig(text, { file: "dw.yaml", remediations });
  return fileSettings(config, detectorTypes).source("rows.csv#0");
};

describe("rows of files that are replayed with a configuration", () => {
  it("are assembled, transformed and ignored as its source has it", () => {
    expect(settingsOf("{main: {assembly_window: 5s, transform: share, ignore: [x]}}")).toEqual({
      ...defaultSource,
      assemblyWindowUs: 5_000_000,
      transform: "share",
      ignoredFeatures: new Set(["x"]),
    });
  });

  it("are averaged over the windows of its predictions", () => {
    expect(settingsOf("{main: {predictions: {window: 1h}}}")).toEqual({
      ...defaultSource,
      predictionWindowUs: 3_600_000_000,
    });
    expect(settingsOf("{a: {predictions: {window: 1h}}, b: {}}")).toEqual(defaultSource);
  });

  it("go by the default of what its sources differ in", () => {
    expect(settingsOf("{a: {transform: share, ignore: [x]}, b: {ignore: [x]}}")).toEqual({
      ...defaultSource,
      ignoredFeatures: new Set(["x"]),
    });
  });
});
