import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { detectionMetrics } from "../../src/detection/metrics.ts";
import { cadence, start, tickAt, World } from "./streams.ts";

describe("the watermark that is shown", () => {
  it("is that of the source that has come least far, of those that are configured", async () => {
    const world = new World();
    for (const [i, source] of ["removed", "late"].entries()) world.apply({ ...tickAt(i), source });
    world.apply(tickAt(12));
    const registry = new Registry();
    const sources = ["main", "late"];
    detectionMetrics(registry, { engines: () => [world.engine], sources, maxLabelledModels: 1 });
    expect(await registry.metrics()).toContain(
      `driftwarden_detection_watermark_timestamp_seconds ${(start + cadence) / 1e6}`,
    );
  });
});
