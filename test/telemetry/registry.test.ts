import { describe, expect, it } from "vitest";
import { createHealth } from "../../src/telemetry/health.ts";
import { createRegistry } from "../../src/telemetry/registry.ts";

describe("the registry", () => {
  it("says which release runs", async () => {
    const text = await createRegistry("9.9.9").metrics();
    expect(text).toContain(
      `driftwarden_build_info{version="9.9.9",node="${process.versions.node}"} 1`,
    );
  });

  it("has no gauge that is named like a counter, which Prometheus' linter refuses", async () => {
    const metrics = await createRegistry("1").getMetricsAsJSON();
    expect(metrics.map(({ name }) => name)).toContain("process_resident_memory_bytes");
    const misnamed = metrics.filter(
      ({ name, type }) => name.endsWith("_total") && String(type) !== "counter",
    );
    expect(misnamed).toEqual([]);
  });
});

describe("readiness", () => {
  it("takes a check that throws for a part that cannot work", () => {
    const health = createHealth();
    health.register("store", () => {
      throw new Error("no pool");
    });
    expect(health.readiness()).toEqual({
      ready: false,
      degraded: false,
      parts: { store: { ok: false, degraded: false, reason: "no pool" } },
    });
  });

  it.each(["tracker", "engine", "prometheus", "channel:ops"])(
    "is kept, and degraded, without the %s: detection goes on (FR-C1)",
    (name) => {
      const health = createHealth();
      health.register("store", () => ({ ok: true }));
      health.register(name, () => ({ ok: false, reason: "away" }));
      expect(health.readiness()).toMatchObject({
        ready: true,
        degraded: true,
        parts: { [name]: { ok: false, degraded: true, reason: "away" } },
      });
    },
  );

  it.each(["store", "stream", "source:main", "outbox"])("is lost without the %s", (name) => {
    const health = createHealth();
    health.register(name, () => ({ ok: false, reason: "away" }));
    expect(health.readiness()).toMatchObject({ ready: false, degraded: false });
  });

  it("forgets a part that was taken off, but not one that took its name", () => {
    const health = createHealth();
    const first = health.register("source", () => ({ ok: false }));
    health.register("source", () => ({ ok: true }));
    first();
    expect(health.readiness().parts).toEqual({
      source: { ok: true, degraded: false, reason: null },
    });
  });
});
