/** Issue 14, part 4: `detection.overrides:` is checked as strictly as the rest. */
import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { engineSettings } from "../../src/app/engine-settings.ts";
import { ConfigError } from "../../src/config/errors.ts";
import { parseConfig } from "../../src/config/parse.ts";

const textWith = (detection: string): string =>
  `store: {url: postgres://h/d}\nsources: {main: {}}\ndetection: {${detection}}\n`;
const parse = (detection: string) =>
  parseConfig(textWith(detection), { file: "dw.yaml", remediations });

function problemsOf(detection: string): readonly string[] {
  try {
    parse(detection);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

describe("an override in the configuration", () => {
  it("reaches detection with one pattern or a list, and with percentages as parts", () => {
    const list =
      '[{model: churn-*, feature: [age, "*_id"], sensitivity: low, direction: drops, least_effect: {share: 2.5 %, value: 3, relative: 10%}}]';
    expect(engineSettings(parse(`overrides: ${list}`), detectorTypes).overrides).toEqual([
      {
        model: ["churn-*"],
        feature: ["age", "*_id"],
        sensitivity: "low",
        direction: "drops",
        leastEffect: { share: 0.025, value: 3, relative: 0.1 },
      },
    ]);
  });

  it.each([
    ["[{ignore: true}]", "detection.overrides.0: says not for what"],
    ["[{model: churn}]", "detection.overrides.0: sets nothing"],
    ["[{modle: churn, ignore: true}]", "did you mean model?"],
    ["[{model: a, sensitivity: hihg}]", "did you mean high?"],
    ["[{model: a, direction: drop}]", "did you mean drops?"],
    ["[{model: a, least_effect: {}}]", "says no bound"],
    ["[{model: a, least_effect: {share: 2}}]", "expected a percentage above 0, such as 2 %"],
    ["[{model: a, least_effect: {share: 0 %}}]", "expected a percentage above 0, such as 2 %"],
    ["[{model: a, least_effect: {share: 100 %}}]", "is all there is or more"],
    ["[{model: [], ignore: true}]", "lists nothing"],
  ])("%s is refused: %s", (list, message) => {
    expect(problemsOf(`overrides: ${list}`).join("\n")).toContain(message);
  });

  it("a sensitivity is refused with the preset plain, which has none", () => {
    const [problem] = problemsOf("preset: plain, overrides: [{model: a, sensitivity: low}]");
    expect(problem).toContain("detection.overrides.0.sensitivity: has no meaning");
    expect(problemsOf("preset: plain, overrides: [{model: a, direction: drops}]")).toEqual([]);
  });
});
