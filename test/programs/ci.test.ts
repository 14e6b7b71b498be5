import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { leaveOut } from "./ci.ts";

const written: string[] = [];

beforeEach(() => {
  written.length = 0;
  vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("tests that a machine cannot run", () => {
  it.each(["true", "1", "yes", "some-runner"])("are an error where CI is %s", (value) => {
    vi.stubEnv("CI", value);
    expect(() => leaveOut("tests on a broker")).toThrow("tests on a broker");
    expect(written).toEqual([]);
  });

  it.each([undefined, ""])("are said and left out where CI is %j", (value) => {
    vi.stubEnv("CI", value);
    expect(leaveOut("tests on a broker")).toBe(false);
    expect(written).toEqual(["left out: tests on a broker\n"]);
  });
});
