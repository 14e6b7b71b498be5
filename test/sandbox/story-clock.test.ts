import { describe, expect, it } from "vitest";
import { storyClock } from "../../src/sandbox/story/clock.ts";
import { fakeClock } from "../fakes/clock.ts";

describe("the story's clock", () => {
  it("runs as the machine's clock between two leaps", async () => {
    const real = fakeClock(1_000);
    const clock = storyClock(real);
    await real.advance(500);
    expect(clock.now()).toBe(1_500);
    clock.leapTo(601_000);
    await real.advance(20);
    expect(clock.now()).toBe(601_020);
  });

  it("never goes back", async () => {
    const real = fakeClock(1_000);
    const clock = storyClock(real);
    clock.leapTo(900);
    expect(clock.now()).toBe(1_000);
  });

  it("knows what it showed at an earlier moment of real time", async () => {
    const real = fakeClock(1_000);
    const clock = storyClock(real);
    await real.advance(100);
    clock.leapTo(601_000);
    await real.advance(100);
    clock.leapTo(1_201_000);
    expect(clock.at(990)).toBe(990);
    expect(clock.at(1_050)).toBe(1_050);
    expect(clock.at(1_150)).toBe(601_050);
    expect(clock.at(1_250)).toBe(1_201_050);
  });

  it("takes the millisecond of a leap for the time before it, so that no poll claims rows it may have missed", async () => {
    const real = fakeClock(1_000);
    const clock = storyClock(real);
    await real.advance(100);
    clock.leapTo(601_000);
    expect(clock.at(1_100.9)).toBe(1_100.9);
    expect(clock.at(1_101)).toBe(601_001);
  });

  it("ends a sleep when it has run or leapt so far, and not before", async () => {
    const real = fakeClock(1_000);
    const clock = storyClock(real);
    const woken: string[] = [];
    const sleeps = [
      clock.sleep(50).then(() => woken.push("short")),
      clock.sleep(600_000).then(() => woken.push("long")),
      clock.sleep(900_000).then(() => woken.push("longer")),
    ];
    await real.advance(50);
    expect(woken).toEqual(["short"]);
    clock.leapTo(601_000);
    await real.advance(0);
    expect(woken).toEqual(["short", "long"]);
    clock.leapTo(901_000);
    await Promise.all(sleeps);
  });

  it("ends a sleep at once when its signal aborts", async () => {
    const clock = storyClock(fakeClock(1_000));
    const stopping = new AbortController();
    const sleeping = clock.sleep(600_000, stopping.signal);
    stopping.abort();
    await sleeping;
    expect(clock.now()).toBe(1_000);
  });
});
