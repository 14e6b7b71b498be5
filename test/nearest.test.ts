import { describe, expect, it } from "vitest";
import { nearest } from "../src/nearest.ts";

const known = ["poll_interval", "table", "transform"];

describe("the nearest known word", () => {
  it.each([
    ["pol_interval", "poll_interval"],
    ["TABLE", "table"],
    ["tabel", "table"],
    ["transfrom", "transform"],
    ["poll", "poll_interval"],
  ])("%s → %s", (word, meant) => {
    expect(nearest(word, known)).toBe(meant);
  });

  it("is not looked for when nobody would type so long a word, because there may be many long names", () => {
    expect(nearest("a".repeat(64), ["a".repeat(63)])).toBe("a".repeat(63));
    expect(nearest("a".repeat(65), ["a".repeat(64)])).toBeUndefined();
    expect(nearest("a".repeat(65), ["a".repeat(66)])).toBe("a".repeat(66));
  });

  it("is none when nothing is near", () => {
    expect(nearest("password", known)).toBeUndefined();
    expect(nearest("x", [])).toBeUndefined();
  });
});
