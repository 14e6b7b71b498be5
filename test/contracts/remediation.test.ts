import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { remediationTypes } from "../../remediations/index.ts";

describe("the registry of remediations", () => {
  it("has each name once", () => {
    expect(new Set(remediationTypes.map(({ name }) => name)).size).toBe(remediationTypes.length);
  });
});

describe.each(remediationTypes)("the registered remediation $name", ({ name, tier }) => {
  it("is named in kebab-case and has a tier", () => {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(["auto", "approval", "never"]).toContain(tier);
  });

  it("is held to the contract by its own test", () => {
    const test = readFileSync(`test/remediations/${name}.test.ts`, "utf8");
    expect(test).toContain("remediationContract(");
  });
});
