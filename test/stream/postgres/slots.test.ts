import { describe, expect, it } from "vitest";
import { Slots } from "../../../src/stream/postgres/slots.ts";

describe("slots", () => {
  it("let so many works run at once, the others in the order in which they came, also after a failure", async () => {
    const slots = new Slots(2);
    const started: number[] = [];
    const ends: (() => void)[] = [];
    const works = [0, 1, 2, 3, 4].map((n) =>
      slots.run(async () => {
        started.push(n);
        await new Promise<void>((resolve) => void (ends[n] = resolve));
        if (n === 0) throw new Error("broken");
        return n;
      }),
    );
    const outcomes = Promise.allSettled(works);
    await new Promise(setImmediate);
    expect(started).toEqual([0, 1]);
    for (const [n, expected] of [
      [0, 1, 2],
      [0, 1, 2, 3],
      [0, 1, 2, 3, 4],
    ].entries()) {
      ends[n]?.();
      await new Promise(setImmediate);
      expect(started).toEqual(expected);
    }
    for (const end of ends.slice(3)) end();
    expect((await outcomes).map(({ status }) => status)).toEqual([
      "rejected",
      "fulfilled",
      "fulfilled",
      "fulfilled",
      "fulfilled",
    ]);
  });
});
