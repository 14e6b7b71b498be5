import { describe, expect, it } from "vitest";
import { boundedTick } from "../../../src/stream/kafka/tick-bound.ts";

const nowMs = Date.UTC(2026, 10, 26);
const us = (ms: number): number => ms * 1000;
const tick = { kind: "tick", source: "main", watermark: us(nowMs), clock: us(nowMs) } as const;
const day = 86_400_000;

describe("a tick (FR-K10)", () => {
  it.each([
    [{}],
    [{ clock: us(nowMs + day), watermark: us(nowMs + day) }],
    [{ gap: us(3 * day), newest: us(nowMs - day) }],
  ])("is taken when it is within a day of the broker's time: %j", (more) => {
    expect(boundedTick({ ...tick, ...more }, nowMs)).toEqual({ ...tick, ...more });
  });

  it.each([
    [{ watermark: us(Date.UTC(275_000, 0)) }],
    [{ clock: us(nowMs + day) + 1 }],
    [{ newest: Number.POSITIVE_INFINITY }],
    [{ watermark: Number.NaN }],
    [{ gap: -1 }],
    [{ gap: us(nowMs) + 1 }],
  ])("is set aside when it is not: %j", (more) => {
    expect(boundedTick({ ...tick, ...more }, nowMs)).toEqual({
      kind: "unreadable",
      error: expect.stringContaining("ahead of the broker's time"),
    });
  });

  it("bounds nothing else", () => {
    const record = { kind: "unreadable", error: "x" } as const;
    expect(boundedTick(record, 0)).toBe(record);
  });
});
