import { pino } from "pino";
import { Registry } from "prom-client";
import { expect, it } from "vitest";
import { DependencyWatch } from "../../src/telemetry/dependencies.ts";
import { createHealth } from "../../src/telemetry/health.ts";

function watched() {
  const health = createHealth();
  const registry = new Registry();
  const lines: string[] = [];
  const logger = pino({ base: null, timestamp: false }, { write: (line) => void lines.push(line) });
  let nowMs = 0;
  const watch = new DependencyWatch({
    readiness: () => health.readiness(),
    registry,
    logger,
    now: () => nowMs,
  });
  const passes = (ms: number): void => {
    for (const until = nowMs + ms; nowMs < until; nowMs += 1000) watch.look();
  };
  return { health, registry, passes, said: () => lines.splice(0).map((line) => JSON.parse(line)) };
}

it("a dependency that goes and comes back is told by one line each way (FR-T7)", () => {
  const { health, passes, said } = watched();
  let ok = true;
  health.register("tracker", () => ({ ok, reason: ok ? undefined : "Jira answered 503" }));
  passes(5000);
  expect(said()).toEqual([]);
  ok = false;
  passes(60_000);
  expect(said()).toMatchObject([
    { level: 40, dependency: "tracker", reason: "Jira answered 503", msg: "dependency is away" },
  ]);
  ok = true;
  passes(60_000);
  expect(said()).toMatchObject([
    { level: 30, dependency: "tracker", downSeconds: 60, msg: "dependency is back" },
  ]);
});

it("a source that is read for the first time is no dependency that came back", () => {
  const { health, passes, said } = watched();
  let ok = false;
  health.register("source:main", () => ({ ok, reason: "the first poll is not done" }));
  passes(3000);
  ok = true;
  passes(3000);
  expect(said()).toEqual([]);
});

it("a dependency that never comes is told once", () => {
  const { health, passes, said } = watched();
  health.register("engine", () => ({ ok: false, reason: "no socket" }));
  passes(120_000);
  expect(said()).toMatchObject([{ dependency: "engine", reason: "no socket" }]);
});

it("every dependency has a metric, and what is inside has none", async () => {
  const { health, registry } = watched();
  health.register("store", () => ({ ok: true }));
  health.register("source:main", () => ({ ok: false }));
  health.register("outbox", () => ({ ok: true }));
  const text = await registry.metrics();
  expect(text.match(/^driftwarden_dependency_up.*$/gm)).toEqual([
    'driftwarden_dependency_up{dependency="store"} 1',
    'driftwarden_dependency_up{dependency="source:main"} 0',
  ]);
});
