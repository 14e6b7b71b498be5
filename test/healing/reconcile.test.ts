import { describe, expect, it } from "vitest";
import { again, setUp } from "./runner-place.ts";

describe("a run whose process died in the act", () => {
  it("is looked up from the moment of its decision, so that a container that it left stopped is started (B18)", async () => {
    const since: (number | undefined)[] = [];
    const scene = setUp({
      remediation: {
        act: () => Promise.reject(new Error("kill -9")),
        lookUp: async (_target, begunAtMs) => {
          since.push(begunAtMs);
          return { status: "unknown", detail: "looked up" };
        },
      },
    });
    await expect(scene.start("e1")).rejects.toThrow("kill -9");
    const decidedAtMs = scene.clock.now();
    await scene.ask("e1", again);
    expect(since).toEqual([decidedAtMs]);
  });
});
