import { describe, expect, it } from "vitest";
import { remediationTypes } from "../../remediations/index.ts";
import type { Remediation } from "../../remediations/remediation.ts";
import { type SimulatedEngine, simulatedEngine } from "../../src/sandbox/docker.ts";
import { steppingClock } from "../remediations/stepping-clock.ts";

/** For every remediation: a config that finds the one container of the scene. */
const configs: Readonly<Record<string, object>> = {
  "restart-container": { target: { label: "app=my-service" } },
};

type Registered = (typeof remediationTypes)[number];

function scene(type: Registered): { remediation: Remediation; engine: SimulatedEngine } {
  const clock = steppingClock();
  const containers = [{ name: "svc-1", labels: { app: "my-service" } }];
  const engine = simulatedEngine({ containers, clock });
  const config = type.config.parse(configs[type.name]);
  return { remediation: type.create(config, { docker: engine, clock }), engine };
}

async function resolved(remediation: Remediation) {
  const [target] = await remediation.resolve();
  if (target === undefined) throw new Error("the scene has one target");
  return target;
}

describe("the registry of remediations", () => {
  it("has each name once", () => {
    expect(new Set(remediationTypes.map(({ name }) => name)).size).toBe(remediationTypes.length);
  });
});

describe.each(remediationTypes)("the remediation $name", (type) => {
  it("is named in kebab-case and has a tier", () => {
    expect(type.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(["auto", "approval", "never"]).toContain(type.tier);
  });

  it("refuses a config without a target, and a key it does not know", () => {
    expect(type.config.safeParse({}).success).toBe(false);
    expect(type.config.safeParse({ target: {} }).success).toBe(false);
    expect(type.config.safeParse({ ...configs[type.name], tarpit: 1 }).success).toBe(false);
    expect(type.config.safeParse(configs[type.name]).success).toBe(true);
  });

  it("resolves without acting, twice to the same", async () => {
    const { remediation, engine } = scene(type);
    expect(await remediation.resolve()).toEqual(await remediation.resolve());
    expect(engine.ledger).toEqual([]);
  });

  it("acts once on a target, and not again on what it was", async () => {
    const { remediation, engine } = scene(type);
    const target = await resolved(remediation);
    expect((await remediation.act(target)).status).toBe("done");
    expect((await remediation.act(target)).status).toBe("changed");
    expect(engine.ledger).toHaveLength(1);
  });

  it("looks up and judges health without acting", async () => {
    const { remediation, engine } = scene(type);
    const target = await resolved(remediation);
    expect((await remediation.lookUp(target)).status).toBe("failed");
    expect(await remediation.health(target)).toBe("healthy");
    expect(engine.ledger).toEqual([]);
  });

  it("never throws from act or lookUp, whatever the engine does", async () => {
    const { remediation, engine } = scene(type);
    const target = await resolved(remediation);
    const broken = new Error("broken");
    engine.failNext("inspect", { error: broken });
    expect((await remediation.act(target)).status).toBe("failed");
    engine.failNext("restart", { error: broken });
    expect((await remediation.act(target)).status).toBe("unknown");
    engine.inspect = () => Promise.reject(broken);
    expect((await remediation.lookUp(target)).status).toBe("unknown");
    expect((await remediation.act(target)).status).toBe("failed");
    expect(engine.ledger).toEqual([]);
  });
});
