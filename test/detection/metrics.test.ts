import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { detectionMetrics } from "../../src/detection/metrics.ts";
import { cadence, start, tickAt, World } from "./streams.ts";

const name = "driftwarden_detection_watermark_timestamp_seconds";

describe("the watermark that is shown", () => {
  it("is none while the process holds no partition, so that no alert takes it for late", async () => {
    const world = new World();
    world.apply(tickAt(12));
    const registry = new Registry();
    let engines = [world.engine];
    detectionMetrics(registry, { engines: () => engines, maxLabelledModels: 1 });
    expect(await registry.metrics()).toMatch(new RegExp(`^${name} [1-9]`, "m"));
    engines = [];
    expect(await registry.metrics()).not.toMatch(new RegExp(`^${name} `, "m"));
  });

  it("is 0 while the process holds partitions and has judged nothing", async () => {
    const registry = new Registry();
    const { engine } = new World();
    detectionMetrics(registry, { engines: () => [engine], maxLabelledModels: 1 });
    expect(await registry.metrics()).toMatch(new RegExp(`^${name} 0$`, "m"));
  });

  it("is that of the source that has come least far, of those that are configured", async () => {
    const world = new World();
    for (const [i, source] of ["removed", "late"].entries()) world.apply({ ...tickAt(i), source });
    world.apply(tickAt(12));
    const registry = new Registry();
    const sources = ["main", "late"];
    detectionMetrics(registry, { engines: () => [world.engine], sources, maxLabelledModels: 1 });
    expect(await registry.metrics()).toContain(`${name} ${(start + cadence) / 1e6}`);
  });
});
