import { describe, expect, it } from "vitest";
import { filesTriedInPart } from "./nightly-files.ts";
import { isNight, tried } from "./programs/nightly.ts";

describe("cases that take too long for each change", () => {
  it("are tried by the night: it names each file that leaves some out", () => {
    expect(filesTriedInPart()).toEqual([
      "test/acceptance/chaos-bites.test.ts",
      "test/acceptance/demo.test.ts",
      "test/integration/executor-rolling.test.ts",
      "test/integration/packages.test.ts",
    ]);
  });

  it.runIf(!isNight)("are those that do not stand for their kind", () => {
    expect(tried([1, 2, 3, 4], (n) => n % 2 === 0)).toEqual([2, 4]);
  });
});
