import { describe, expect, it } from "vitest";
import {
  familyOf,
  familyPattern,
  likeVersions,
  proposedTemplate,
  templateProblem,
} from "../src/model-family.ts";

describe("the family of a model whose name holds a version", () => {
  it.each([
    ["{name}-v{version}", "churn-v7", "churn"],
    ["{name}-v{version}", "churn-v1.12.0", "churn"],
    ["{name}-v{version}", "churn-v2-v3", "churn-v2"],
    ["{name}-{version}", "churn-2026-11-01", "churn"],
    ["{name}-{version}", "churn_20261101T0300Z", "churn_20261101T0300Z"],
    ["{name}_{version}", "churn_20261101T0300Z", "churn"],
    ["{name}@{version}", "eu/churn@2026-11-01T03:00Z", "eu/churn"],
    ["v{version}/{name}", "v12/churn", "churn"],
    ["{name} ({version})", "churn (7)", "churn"],
  ])("by %s of %s is %s", (template, name, family) => {
    expect(familyOf(template)(name)).toBe(family);
  });

  it.each(["churn", "churn-v", "-v7", "churn-vnext", "churn-v7b", "churn-v7-old", ""])(
    "of %j, which holds no version, is the name itself",
    (name) => {
      expect(familyOf("{name}-v{version}")(name)).toBe(name);
    },
  );

  it("is the name itself where there is no template", () => {
    expect(familyOf(undefined)("churn-v7")).toBe("churn-v7");
  });

  it("is found of the longest names without trying every split again and again", () => {
    const name = `${"1-".repeat(250)}x`;
    const family = familyOf("{name}-{version}");
    for (let i = 0; i < 20; i++) expect(family(`${name}${i}y`)).toBe(`${name}${i}y`);
  });
});

describe("a template of names", () => {
  it.each([
    ["{name}-v{version}", undefined],
    ["{version}", "has to hold {name} and {version} once each"],
    ["{name}-{name}-{version}", "has to hold {name} and {version} once each"],
    ["{name}{version}", "has to hold something between {name} and {version}"],
  ])("such as %s has the problem %j", (template, problem) => {
    expect(templateProblem(template)).toBe(problem);
  });

  it("becomes a pattern of LIKE in which signs of the name mean themselves", () => {
    expect(likeVersions("{name}-v{version}", "50%_a")).toBe(String.raw`50\%\_a-v%`);
    expect(likeVersions("v_{version}/{name}", "churn")).toBe(String.raw`v\_%/churn`);
  });
});

describe("the pattern of a family", () => {
  it.each([
    ["{name}-v{version}", "a.b-v7", "a.b"],
    ["{name}-{version}", "risk-30-1", "risk"],
    ["{name} ({version})", "churn (7)", "churn"],
    ["{name}-v{version}", "churn-vx", undefined],
  ])("by %s finds in %s the family %s", (template, name, family) => {
    expect(new RegExp(familyPattern(template)).exec(name)?.[1]).toBe(family);
  });
});

describe("a proposal of a template", () => {
  it("is made where a model comes in several versions", () => {
    expect(proposedTemplate(["churn-v7", "churn-v8", "fraud"])).toBe("{name}-v{version}");
    expect(proposedTemplate(["a_2026-11-01", "a_2026-11-02"])).toBe("{name}_{version}");
    expect(proposedTemplate(["eu/churn@1.2.0", "eu/churn@1.3.0"])).toBe("{name}@{version}");
  });

  it("is not made of models that only have numbers in their names", () => {
    expect(proposedTemplate(["churn-v7", "fraud-v2", "eta"])).toBeUndefined();
    expect(proposedTemplate(["top10", "top20"])).toBeUndefined();
    expect(proposedTemplate([])).toBeUndefined();
  });
});
