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

  it("is none when nothing is near", () => {
    expect(nearest("password", known)).toBeUndefined();
    expect(nearest("x", [])).toBeUndefined();
  });
});
