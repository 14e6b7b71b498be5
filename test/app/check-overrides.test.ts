/** Issue 14, part 4: an override that matches nothing recent, or decides nothing, is most likely a slip. */
import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { lookAtOverrides, type SeenNames } from "../../src/app/check-overrides.ts";
import { parseConfig } from "../../src/config/parse.ts";

const seen: SeenNames = {
  source: "main",
  models: new Set(["churn-eu", "churn-us", "credit"]),
  features: new Set(["age", "tenure", "income"]),
};

function lookAt(list: string, names: readonly SeenNames[] = [seen]) {
  const text = `store: {url: postgres://h/d}\nsources: {main: {}}\ndetection: {overrides: ${list}}\n`;
  const config = parseConfig(text, { file: "dw.yaml", remediations });
  return lookAtOverrides(config, names).map(({ doubtful, message, hint, key }) => ({
    doubtful,
    message,
    hint,
    key,
  }));
}

const manyNames = (what: string) => new Set(Array.from({ length: 2500 }, (_, i) => `${what}${i}`));

describe("driftwarden check and the overrides", () => {
  it("says that all are in use when each decides something", () => {
    expect(
      lookAt("[{model: churn-eu, direction: both}, {model: churn-*, direction: drops}]"),
    ).toMatchObject([{ doubtful: false, message: "2 of 2 overrides are in use" }]);
  });

  it.each([
    ["{model: chrun-eu, ignore: true}", "there is no model chrun-eu", "Did you mean churn-eu?"],
    ["{feature: tenur_*, ignore: true}", "there is no feature tenur_*", "Did you mean tenure?"],
    ["{source: mian, ignore: true}", "there is no source mian", "Did you mean main?"],
    [
      "{model: zzz, ignore: true}",
      "there is no model zzz",
      "Correct its patterns, or leave it out.",
    ],
    ["{model: other/x/main/credit, ignore: true}", "no model other/x/main/credit", "Correct"],
  ])("%s matches nothing: %s. %s", (entry, message, hint) => {
    expect(lookAt(`[${entry}]`)).toMatchObject([
      {
        doubtful: true,
        message: expect.stringContaining(message),
        hint: expect.stringContaining(hint),
        key: "detection.overrides.0",
      },
    ]);
  });

  it("a whole key names a model too", () => {
    expect(lookAt("[{model: default/production/main/credit, ignore: true}]")).toMatchObject([
      { doubtful: false },
    ]);
  });

  it("says that an entry is shadowed by an earlier one that names the same settings", () => {
    expect(
      lookAt("[{model: churn-*, direction: drops}, {model: churn-eu, direction: rises}]"),
    ).toMatchObject([
      {
        doubtful: true,
        message:
          "detection.overrides.1 decides nothing: detection.overrides.0 comes first and names the same settings",
        key: "detection.overrides.1",
      },
    ]);
  });

  it("names only those earlier entries that name the settings of the shadowed one", () => {
    const list =
      "[{model: churn-*, direction: drops}, {model: churn-eu, sensitivity: low}, {model: churn-eu, sensitivity: high}]";
    expect(lookAt(list)).toMatchObject([
      {
        message:
          "detection.overrides.2 decides nothing: detection.overrides.1 comes first and names the same settings",
      },
    ]);
  });

  it("an entry that still decides one of its settings is not shadowed", () => {
    const list =
      "[{model: churn-*, direction: drops}, {model: churn-eu, direction: rises, sensitivity: low}]";
    expect(lookAt(list)).toMatchObject([{ doubtful: false }]);
  });

  it("says nothing of entries without a match while a source could not be read", () => {
    const unread: SeenNames = { source: "other", models: new Set(), features: new Set() };
    expect(lookAt("[{model: zzz, ignore: true}]", [seen, unread])).toMatchObject([
      {
        doubtful: false,
        message: "0 of 1 override is in use; not every source has recent rows that could be read",
      },
    ]);
  });

  it("a source of thousands of models and features is compared at once", () => {
    const many: SeenNames = { source: "main", models: manyNames("m"), features: manyNames("f") };
    const list = "[{model: m1, feature: f2, ignore: true}, {feature: f2499, direction: drops}]";
    expect(lookAt(list, [many])).toMatchObject([{ message: "2 of 2 overrides are in use" }]);
  });
});
