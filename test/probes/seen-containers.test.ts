/** What a container went through between two looks (C40): killed, ended by itself, stopped by a person. */
import { describe, expect, it } from "vitest";
import type { Container } from "../../remediations/docker/engine.ts";
import type { ContainerEvent } from "../../remediations/docker/events.ts";
import { judged } from "../../src/probes/kinds/container.ts";
import type { SeenContainers } from "../../src/probes/probe.ts";
import { eventsSince, seenAfter } from "../../src/probes/seen-containers.ts";

const id = "a".repeat(64);
const startMs = Date.UTC(2026, 10, 27, 2);
const iso = (ms: number): string => new Date(ms).toISOString();

const container = (given: Partial<Container> = {}): Container => ({
  id,
  name: "openclaw-1",
  images: ["openclaw"],
  imageId: "sha256:1",
  startedAt: iso(startMs),
  state: "running",
  health: "none",
  labels: {},
  autoRemove: false,
  envNames: [],
  mounts: [],
  exposedPorts: [],
  programs: [],
  ...given,
});
const ended = (exitCode: number, given: Partial<Container> = {}): Container =>
  container({ state: "exited", exitCode, finishedAt: iso(startMs + 5000), ...given });

const events = (...actions: readonly ContainerEvent["action"][]): readonly ContainerEvent[] =>
  actions.map((action, n) => ({ action, atMs: startMs + 4000 + n }));

const graceMs = 60_000;
const nowMs = startMs + 600_000;

function found(one: Container, told: readonly ContainerEvent[], before?: SeenContainers): string {
  const seen = seenAfter(before, [{ container: one, events: told }], nowMs);
  const service = { startGraceMs: graceMs };
  const answer = judged({ service, labels: ["app=openclaw"], containers: [one], seen, nowMs });
  if (answer.status !== "failing") return seen.stopped === true ? "stopped" : answer.status;
  return `${answer.finding.kind} ${answer.finding.reach}`;
}

const running = seenAfter(undefined, [{ container: container(), events: [] }], startMs);

describe("a container that has ended", () => {
  it.each([
    ["by docker stop", ended(0), events("kill", "die", "stop"), "stopped"],
    [
      "by docker stop, and it had to be killed",
      ended(137),
      events("kill", "kill", "die", "stop"),
      "stopped",
    ],
    ["by docker kill", ended(137), events("kill", "die"), "stopped"],
    ["by itself", ended(1), events("die"), "down silent"],
    ["by itself, and in order", ended(0), events("die"), "down silent"],
    [
      "by a stop before it was started again",
      ended(1),
      events("kill", "die", "stop", "start", "die"),
      "down silent",
    ],
    [
      "by the kernel, for its memory",
      ended(137, { oomKilled: true }),
      events("oom", "die"),
      "oom silent",
    ],
    [
      "by the kernel, and the engine has forgotten",
      ended(137, { oomKilled: true }),
      [],
      "oom silent",
    ],
    ["with 143, and the engine has forgotten", ended(143), [], "stopped"],
    ["with 139, and the engine has forgotten", ended(139), [], "down silent"],
    [
      "by a person, long after a kill for memory",
      ended(0, { oomKilled: true }),
      events("kill", "die", "stop"),
      "stopped",
    ],
  ] as const)("%s", (...[, one, told, expected]) => {
    expect(found(one, told, running)).toBe(expected);
  });

  it("has not ended while the engine is about to start it again", () => {
    expect(found(container({ state: "restarting" }), [], running)).toBe("fine");
  });
});

describe("a container that runs", () => {
  const again = { startedAt: iso(nowMs - 1000), oomKilled: true, restarts: 1 };

  it("was killed since the last look, although it runs again", () => {
    const told = [{ action: "oom", atMs: nowMs - 2000 } as const, ...events("die", "start")];
    expect(found(container(again), told, running)).toBe("oom degraded");
  });

  it("was killed before it was looked at for the first time, which is old news", () => {
    expect(found(container({ oomKilled: true }), [])).toBe("fine");
  });

  it("is fine when it has run for the start grace after the kill", () => {
    const before = { ...running, oomAtMs: nowMs - graceMs - 1 };
    expect(found(container(), [], before)).toBe("fine");
  });

  it.each([
    [2, "fine"],
    [3, "restart_loop degraded"],
  ])("was restarted %i times by its policy", (restarts, expected) => {
    expect(found(container({ restarts, startedAt: iso(nowMs - 1000) }), [], running)).toBe(
      expected,
    );
  });

  it("was restarted by a person, which is no loop", () => {
    const before = {
      ...running,
      replicas: { [id]: { startedAt: iso(startMs), restarts: 9, oomKilled: false } },
    };
    expect(found(container({ restarts: 0, startedAt: iso(nowMs - 1000) }), [], before)).toBe(
      "fine",
    );
  });
});

describe("the engine's events", () => {
  it("are asked for only where something has changed", () => {
    expect(eventsSince(container(), undefined)).toBeUndefined();
    expect(eventsSince(container(), running)).toBeUndefined();
    expect(eventsSince(container({ startedAt: iso(startMs + 1) }), running)).toBe(startMs);
    expect(eventsSince(ended(1), running)).toBe(startMs + 5000 - 60_000);
    const known = seenAfter(running, [{ container: ended(1), events: [] }], nowMs);
    expect(eventsSince(ended(1), known)).toBeUndefined();
    expect(eventsSince(ended(1, { startedAt: iso(startMs + 9) }), known)).toBeDefined();
  });
});

it("a service none of whose containers exists is gone", () => {
  const seen = seenAfter(running, [], nowMs);
  const looked = { service: { startGraceMs: 0 }, labels: ["app=x"], containers: [], seen, nowMs };
  expect(judged(looked)).toMatchObject({ finding: { kind: "down", reach: "silent" } });
});
