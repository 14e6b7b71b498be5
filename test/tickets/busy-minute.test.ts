/** 1,000 open incidents and 100 comments in a minute, under the limits that each flavour documents. */
import { describe, expect, it } from "vitest";
import { busyPlace, indexLagMs } from "./busy-place.ts";

describe("100 comments within a minute on 1,000 open incidents", () => {
  it.each(["Cloud", "Server"] as const)(
    "are each answered within 15 s of the search showing them, before texts are updated, and no limit is exceeded (%s)",
    async (deployment) => {
      await using place = await busyPlace(deployment);
      await place.pass(30_000);
      const saidAtMs = new Map<number, number>();
      for (let n = 1; n <= 100; n += 1) {
        const ticket = n * 7;
        saidAtMs.set(ticket, await place.say(n % 2 === 0 ? "sarah" : "tom", ticket));
        await place.pass(600);
      }
      await place.pass(20_000);
      const answered = place.answeredAtMs();
      const waits = [...saidAtMs].map(
        ([ticket, atMs]) => (answered.get(ticket) ?? Infinity) - atMs - indexLagMs,
      );
      expect(Math.max(...waits)).toBeLessThanOrEqual(15_000);
      await place.pass(90_000);
      expect([place.updated(), place.refused()]).toEqual([100, 0]);
    },
  );
});
