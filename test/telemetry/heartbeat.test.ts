import { describe, expect, it } from "vitest";
import type { OverdueRound } from "../../src/rounds.ts";
import type { Readiness } from "../../src/telemetry/health.ts";
import { Heartbeat } from "../../src/telemetry/heartbeat.ts";
import { createLogger } from "../../src/telemetry/logger.ts";
import type { ServiceMessage } from "../../src/telemetry/service-manager.ts";

const ok = { ok: true, degraded: false, reason: null };
const ready: Readiness = { ready: true, degraded: false, parts: { store: ok } };
const reason = "the first poll\nis not done";
const notReady: Readiness = {
  ready: false,
  degraded: false,
  parts: { store: ok, "source:main": { ok: false, degraded: false, reason } },
};

function service(given: { readonly watchdogMs?: number } = { watchdogMs: 180_000 }) {
  const sent: ServiceMessage[] = [];
  const lines: string[] = [];
  const world: { nowMs: number; readiness: Readiness; overdue?: OverdueRound; limits: number[] } = {
    nowMs: 0,
    readiness: ready,
    limits: [],
  };
  const heartbeat = new Heartbeat({
    manager: { notify: (message) => void sent.push(message), watchdogMs: given.watchdogMs },
    readiness: () => world.readiness,
    overdue: (limitMs) => {
      world.limits.push(limitMs);
      return world.overdue;
    },
    readyWithinMs: 60_000,
    logger: createLogger({ level: "info", destination: { write: (line) => lines.push(line) } }),
    nowMs: () => world.nowMs,
  });
  const said = (key: string): readonly (string | undefined)[] =>
    sent.flatMap((message) => (key in message ? [message[key]] : []));
  return { heartbeat, sent, said, world, lines };
}

describe("a service that starts", () => {
  it("asks for three times the pause to its next request, so a long start is not cut off", () => {
    const { heartbeat, said, world } = service();
    for (let at = 0; at <= 20_000; at += 250) {
      world.nowMs = at;
      expect(heartbeat.beat()).toBe(250);
    }
    expect(said("EXTEND_TIMEOUT_USEC")).toEqual(Array(3).fill("30000000"));
    expect(said("STATUS")).toContain("starting");
    expect([said("READY"), said("WATCHDOG")]).toEqual([[], []]);
  });

  it("is ready when its parts are, and not before", () => {
    const { heartbeat, said, world } = service();
    world.readiness = notReady;
    heartbeat.started();
    heartbeat.beat();
    expect(said("READY")).toEqual([]);
    world.readiness = ready;
    heartbeat.beat();
    expect(said("READY")).toEqual(["1"]);
    expect(said("STATUS").at(-1)).toBe("ready");
  });

  it("counts as started after startup_timeout although a source is away, and says what is missing", () => {
    const { heartbeat, said, world } = service();
    world.readiness = notReady;
    heartbeat.started();
    world.nowMs = 59_999;
    heartbeat.beat();
    expect(said("READY")).toEqual([]);
    world.nowMs = 60_000;
    heartbeat.beat();
    expect(said("READY")).toEqual(["1"]);
    expect(said("STATUS").at(-1)).toBe(`not ready; source:main: ${reason}`);
  });
});

describe("a service that runs", () => {
  it("reports four times within the watchdog's time, and its status only when it changes", () => {
    const { heartbeat, said, world } = service({ watchdogMs: 20_000 });
    heartbeat.started();
    expect(heartbeat.beat()).toBe(5000);
    heartbeat.beat();
    expect(said("WATCHDOG")).toEqual(["1", "1", "1"]);
    expect(said("STATUS")).toEqual(["ready"]);
    world.readiness = { ...notReady, ready: true, degraded: true };
    heartbeat.beat();
    expect(said("STATUS").at(-1)).toMatch(/^ready, degraded; source:main/);
  });

  it("does not report while a loop hangs, says so once, and reports again when it moves", () => {
    const { heartbeat, said, world, lines } = service({ watchdogMs: 20_000 });
    heartbeat.started();
    world.overdue = { loop: "source main", forMs: 100_001 };
    heartbeat.beat();
    heartbeat.beat();
    expect(said("WATCHDOG")).toHaveLength(1);
    expect(new Set(world.limits)).toEqual(new Set([100_000]));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: "error", loop: "source main", seconds: 100 },
    ]);
    delete world.overdue;
    heartbeat.beat();
    expect(said("WATCHDOG")).toHaveLength(2);
  });

  it("reports its status without a watchdog too, and says when it stops", () => {
    const { heartbeat, said } = service({});
    heartbeat.started();
    expect(heartbeat.beat()).toBe(10_000);
    expect(said("WATCHDOG")).toEqual([]);
    heartbeat.stopping();
    expect(said("STOPPING")).toEqual(["1"]);
    heartbeat.beat();
    expect(said("STATUS")).toEqual(["ready", "stopping"]);
  });
});
