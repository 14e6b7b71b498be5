import { describe, expect, it } from "vitest";
import { planted } from "./draw.ts";
import { known } from "./known.ts";
import { root } from "./trial.ts";

describe("the known faults", () => {
  it.each(known)("can be planted in $file, which says exactly once: $from", (fault) => {
    expect(planted(root, fault).line).toBeGreaterThan(0);
  });
});
