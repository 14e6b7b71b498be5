import { describe, expect, it } from "vitest";
import { CircuitBreaker } from "../../src/outbox/circuit-breaker.ts";

function opened(): CircuitBreaker {
  const breaker = new CircuitBreaker();
  for (let n = 0; n < 3; n++) breaker.failed(0);
  return breaker;
}

/** Until it may be probed; ms. */
const pause = (breaker: CircuitBreaker, nowMs: number): number =>
  (breaker.retryAtMs ?? nowMs) - nowMs;

describe("a breaker", () => {
  it("opens after three failures in a row, and not when one call between them succeeded", () => {
    const breaker = new CircuitBreaker();
    breaker.failed(0);
    breaker.failed(0);
    breaker.succeeded();
    breaker.failed(0);
    breaker.failed(0);
    expect(breaker.state(0)).toBe("closed");
    breaker.failed(0);
    expect(breaker.state(0)).toBe("open");
  });

  it("lets one probe out when its pause is over, and closes when the probe succeeds", () => {
    const breaker = opened();
    expect(pause(breaker, 0)).toBeGreaterThanOrEqual(500);
    expect(breaker.state(1000)).toBe("half_open");
    breaker.succeeded();
    expect(breaker.state(1000)).toBe("closed");
    expect(breaker.retryAtMs).toBeUndefined();
  });

  it("FR-J3: waits longer after every probe that fails, up to 20 s", () => {
    const breaker = opened();
    const pauses = Array.from({ length: 40 }, () => {
      const nowMs = breaker.retryAtMs ?? 0;
      breaker.failed(nowMs);
      return pause(breaker, nowMs);
    });
    expect(Math.max(...pauses)).toBeLessThanOrEqual(20_000);
    expect(Math.max(...pauses)).toBeGreaterThan(10_000);
    expect(pauses[0]).toBeLessThanOrEqual(2_000);
  });

  it("waits longer each time that a probe succeeds and the calls after it fail, until one succeeds", () => {
    const breaker = new CircuitBreaker();
    const failThrice = (): number => {
      const nowMs = breaker.retryAtMs ?? 0;
      breaker.passedProbe();
      expect(breaker.state(nowMs)).toBe("closed");
      for (let n = 0; n < 3; n++) breaker.failed(nowMs);
      expect(breaker.state(nowMs)).toBe("open");
      return pause(breaker, nowMs);
    };
    const pauses = Array.from({ length: 40 }, failThrice);
    expect(pauses[0]).toBeLessThanOrEqual(1_000);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(20_000);
    expect(Math.max(...pauses)).toBeGreaterThan(10_000);
    breaker.succeeded();
    expect(failThrice()).toBeLessThanOrEqual(1_000);
  });

  it("does not wait longer because several calls were in hand when it opened", () => {
    const breaker = opened();
    for (let n = 0; n < 20; n++) breaker.failed(0);
    expect(pause(breaker, 0)).toBeLessThanOrEqual(1_000);
  });

  it("opens at once for as long as the dependency asks", () => {
    const breaker = new CircuitBreaker();
    breaker.failed(0, 17_000);
    expect(breaker.state(16_999)).toBe("open");
    expect(breaker.state(17_000)).toBe("half_open");
  });
});
