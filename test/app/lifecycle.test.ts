import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { createLifecycle } from "../../src/app/lifecycle.ts";
import type { Clock } from "../../src/clock.ts";
import { systemClock } from "../../src/clock.ts";

const patient = { clock: systemClock, stopDeadlineMs: 60_000 };

/** A clock whose deadlines pass when the test says so. */
function handClock(): { clock: Clock; passed: AbortController } {
  const passed = new AbortController();
  const sleep = async (): Promise<void> => void (await once(passed.signal, "abort"));
  return { clock: { now: () => 0, at: () => 0, sleep }, passed };
}

describe("stopping", () => {
  it("runs the clean-ups one after the other, the last added first", async () => {
    const done: string[] = [];
    const lifecycle = createLifecycle(patient);
    lifecycle.onStop("store", () => void done.push("store"));
    lifecycle.onStop("source", async () => {
      await Promise.resolve();
      done.push("source");
    });
    await lifecycle.stop();
    expect(done).toEqual(["source", "store"]);
  });

  it("happens once, however often it is asked for", async () => {
    let stops = 0;
    const lifecycle = createLifecycle(patient);
    lifecycle.onStop("store", () => void stops++);
    await Promise.all([lifecycle.stop(), lifecycle.stop()]);
    await lifecycle.stop();
    expect(stops).toBe(1);
  });

  it("goes on after a clean-up that fails, and names all that did", async () => {
    const done: string[] = [];
    const lifecycle = createLifecycle(patient);
    lifecycle.onStop("store", () => void done.push("store"));
    lifecycle.onStop("http", () => {
      throw new Error("no server");
    });
    lifecycle.onStop("source", () => Promise.reject(new Error("no poller")));
    await expect(lifecycle.stop()).rejects.toMatchObject({
      errors: [{ message: "stopping source: no poller" }, { message: "stopping http: no server" }],
    });
    expect(done).toEqual(["store"]);
  });

  it("ends at the deadline and says what it cut off", async () => {
    const { clock, passed } = handClock();
    const lifecycle = createLifecycle({ clock, stopDeadlineMs: 5 });
    lifecycle.onStop("store", () => undefined);
    lifecycle.onStop("http", () => undefined);
    lifecycle.onStop("source", () => new Promise<void>(() => undefined));
    const stopped = lifecycle.stop();
    passed.abort();
    await expect(stopped).rejects.toMatchObject({
      errors: [{ message: "the deadline of 5 ms cut off: source, http, store" }],
    });
  });

  it("also stops what a start-up adds while it is being stopped", async () => {
    const done: string[] = [];
    const lifecycle = createLifecycle(patient);
    lifecycle.onStop("start-up", () => {
      lifecycle.onStop("late part", () => void done.push("late part"));
    });
    await lifecycle.stop();
    expect(done).toEqual(["late part"]);
  });
});
