import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { matches } from "../../src/detection/baseline/pattern.ts";

describe("a pattern over names", () => {
  it.each([
    ["churn", "churn", true],
    ["churn", "churn-eu", false],
    ["churn-*", "churn-eu", true],
    ["churn-*", "churn-", true],
    ["*-eu", "churn-eu", true],
    ["*", "", true],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["ab*ba", "aba", false],
    ["a.c", "abc", false],
    ["*_id*", "customer_id", true],
    ["a**b", "axb", true],
  ])("%s over %s: %s", (pattern, name, fits) => {
    expect(matches(pattern, name)).toBe(fits);
  });

  test.prop([
    fc.array(fc.stringMatching(/^[ab.]{0,3}$/), { minLength: 1, maxLength: 4 }),
    fc.string(),
  ])("matches what is made by putting any text for each *", (parts, filling) => {
    expect(matches(parts.join("*"), parts.join(filling))).toBe(true);
  });
});
