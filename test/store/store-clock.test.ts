import { afterEach, describe, expect, it, vi } from "vitest";
import { followStoreClock, type StoreClock } from "../../src/store/store-clock.ts";
import { eventually } from "../programs/eventually.ts";
import { silent } from "../programs/store.ts";

const clocks: StoreClock[] = [];

afterEach(() => {
  for (const clock of clocks.splice(0)) clock.stop();
  vi.restoreAllMocks();
});

async function follow(answers: readonly number[], followMs = 60_000): Promise<StoreClock> {
  const left = [...answers];
  const query = async <Row>(): Promise<Row[]> => {
    const nowMs = left.length > 1 ? left.shift() : left[0];
    return JSON.parse(JSON.stringify([{ nowMs }]));
  };
  const clock = await followStoreClock({ store: { query }, logger: silent, followMs });
  clocks.push(clock);
  return clock;
}

describe("the store's clock", () => {
  it("the store's clock stays where it was when the machine's wall clock is stepped an hour", async () => {
    const beganMs = performance.now();
    const clock = await follow([1_000_000]);
    const real = Date.now();
    vi.spyOn(Date, "now").mockReturnValue(real + 3_600_000);
    const passedMs = clock.now() - 1_000_000;
    expect(passedMs).toBeGreaterThanOrEqual(0);
    expect(passedMs).toBeLessThanOrEqual(performance.now() - beganMs);
  });

  it("shows whole milliseconds, also where the database counts in fractions", async () => {
    const clock = await follow([1_000_000.123456]);
    const shown = await Promise.all(
      [0, 1, 2].map(async (ms) => {
        await clock.sleep(ms);
        return clock.now();
      }),
    );
    expect(shown.every(Number.isInteger)).toBe(true);
  });

  it("goes on between two looks", async () => {
    const clock = await follow([1_000_000]);
    const before = clock.now();
    await clock.sleep(20);
    expect(clock.now() - before).toBeGreaterThanOrEqual(19);
  });

  it("follows the store when that is set", async () => {
    const clock = await follow([1_000_000, 5_000_000], 5);
    await eventually(() => expect(clock.now()).toBeGreaterThanOrEqual(5_000_000));
  });
});
