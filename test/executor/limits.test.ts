import { describe, expect, it } from "vitest";
import type { Container } from "../../remediations/docker/engine.ts";
import {
  barredFrom,
  type ExecutorLimits,
  exceeded,
  limitsText,
  refusedBy,
} from "../../src/executor/limits.ts";

const container: Container = {
  id: "c".repeat(64),
  name: "svc-1",
  images: ["shop/api:1"],
  imageId: "sha256:1",
  startedAt: "2026-03-01T12:00:00Z",
  state: "running",
  health: "none",
  labels: { app: "my-service", tier: "web" },
  autoRemove: false,
  envNames: [],
  mounts: [],
  exposedPorts: [],
  programs: [],
};
const restartOf = { self: undefined, verb: "restart" };
const rule = { labels: [], verbs: ["restart"], allowStateful: false };
const limits = (given: Partial<ExecutorLimits>): ExecutorLimits => ({
  allow: [],
  all: [{ acts: 3, windowMs: 60_000 }],
  perContainer: [{ acts: 2, windowMs: 60_000 }],
  ...given,
});

describe("which containers may be acted on", () => {
  it.each([
    ["its exact name", { ...rule, name: "svc-1" }, true],
    ["all of its labels", { ...rule, labels: ["app=my-service", "tier=web"] }, true],
    ["a part of its name", { ...rule, name: "svc" }, false],
    ["a label it lacks", { ...rule, labels: ["app=my-service", "tier=db"] }, false],
    ["no label at all", rule, false],
    ["another verb", { ...rule, name: "svc-1", verbs: ["logs"] }, false],
  ])("by %s: %o is %s", (_by, allowed, may) => {
    expect(barredFrom(limits({ allow: [allowed] }), "restart", container) === undefined).toBe(may);
  });

  it("are none when nothing is allowed", () => {
    expect(barredFrom(limits({}), "restart", container)).toContain("not among the containers");
    expect(limitsText(limits({}))).toEqual(["nothing: it has no allow:"]);
  });

  it("may keep data only where the executor itself is told so, and a database never", () => {
    const stateful = { ...container, mounts: [mount("/var/lib/app")] };
    const named = { ...rule, name: "svc-1" };
    expect(refusedBy(limits({ allow: [named] }), stateful, restartOf)).toContain("svc-1");
    const allowed = limits({ allow: [{ ...named, allowStateful: true }] });
    expect(refusedBy(allowed, stateful, restartOf)).toBeUndefined();
    const logsOnly = { ...named, verbs: ["logs"], allowStateful: true };
    const twoEntries = limits({ allow: [named, logsOnly] });
    expect(refusedBy(twoEntries, stateful, restartOf)).toContain("svc-1");
    const database = { ...stateful, images: ["postgres:16"] };
    expect(refusedBy(allowed, database, restartOf)).toContain("postgres:16");
  });
});

const mount = (destination: string) => ({
  source: "data",
  destination,
  kind: "volume",
  writable: true,
  anonymous: false,
});

const acts = (...ages: readonly number[]) =>
  ages.map((ageMs) => ({ container: container.id, name: "svc-1", ageMs }));
const other = (ageMs: number) => ({ container: "d".repeat(64), name: "svc-2", ageMs });

describe("how often may be acted", () => {
  it("is counted for each container, in a rolling window", () => {
    expect(exceeded(limits({}), acts(0), container)).toBeUndefined();
    expect(exceeded(limits({}), acts(0, 59_999), container)).toContain(
      "for svc-1 is used up: 2 per 1m",
    );
    expect(exceeded(limits({}), acts(0, 60_000), container)).toBeUndefined();
  });

  it("is counted for all containers together", () => {
    const three = [other(0), other(1), other(2)];
    expect(exceeded(limits({}), three, container)).toContain(
      "for all containers is used up: 3 per 1m",
    );
    expect(exceeded(limits({}), three.slice(1), container)).toBeUndefined();
  });

  it("goes on counting for a container that is made anew under its name", () => {
    const anew = acts(0, 1).map((act) => ({ ...act, container: "e".repeat(64) }));
    expect(exceeded(limits({}), anew, container)).toContain("svc-1");
  });
});
