/** Tickets that cannot be read, at a sandbox. */
import { describe, expect, it } from "vitest";
import { doorPlace } from "./door-place.ts";

describe("a ticket whose comments can never be read", () => {
  const unreadable = { path: /issue\/10001\/comment/, answer: "failed" } as const;

  it("delays neither what is said on other tickets nor what is done to any ticket", async () => {
    await using place = await doorPlace({ tickets: 3 });
    const { door, store, sandbox, clock, say, act } = place;
    for (let n = 0; n < 100; n += 1) sandbox.fault(unreadable);
    for (const ticket of [1, 2, 3]) await say("sarah", "dw ack", ticket);
    await act("tom", { priority: "High" }, 1);
    await act("tom", { assign: "tom" }, 3);
    for (let n = 0; n < 4; n += 1) {
      await door.look().catch(() => undefined);
      await clock.advance(10_000);
    }
    const handed = [...store.commands.values()].map(({ place: at, said }) => [at, said]);
    expect(handed).toEqual([
      ["10002", "dw ack"],
      ["10003", "dw ack"],
      ["10001", "severity P1"],
      ["10003", "assign JIRAUSER10102"],
    ]);
  });

  it("is read more and more seldom, and is read as usual once it can be", async () => {
    await using place = await doorPlace();
    const { door, store, sandbox, clock, say } = place;
    let asked = 0;
    for (let n = 0; n < 12; n += 1)
      sandbox.fault({ ...unreadable, onMet: () => void (asked += 1) });
    await say("sarah", "dw ack");
    for (let n = 0; n < 360; n += 1) {
      await door.look().catch(() => undefined);
      await clock.advance(10_000);
    }
    expect(asked).toBeLessThanOrEqual(12);
    for (let n = 0; n < 180; n += 1) {
      await door.look().catch(() => undefined);
      await clock.advance(10_000);
    }
    expect(store.commands.size).toBe(1);
  });

  it("is read once it can be, also when the search has long ceased to show what was said there", async () => {
    await using place = await doorPlace({ tickets: 40 });
    const { door, store, sandbox, clock, say } = place;
    for (let n = 0; n < 6; n += 1)
      sandbox.fault({ path: /issue\/10030\/comment/, answer: "failed" });
    await say("sarah", "dw ack", 30);
    for (let n = 0; n < 120; n += 1) {
      await door.look().catch(() => undefined);
      await clock.advance(10_000);
    }
    expect([...store.commands.values()]).toMatchObject([{ place: "10030", said: "dw ack" }]);
  });

  it("when it is the tracker that is away, is not tried for every ticket", async () => {
    await using place = await doorPlace({ tickets: 20 });
    const { door, store, sandbox, say } = place;
    for (let n = 1; n <= 20; n += 1) await say("sarah", "dw ack", n);
    let met = 0;
    for (let n = 0; n < 4; n += 1)
      sandbox.fault({ path: /comment/, answer: "failed", onMet: () => void (met += 1) });
    await expect(door.look()).rejects.toThrow("reading the newest comments");
    expect([met, store.commands.size]).toEqual([4, 0]);
    await place.look(3);
    expect(store.commands.size).toBe(20);
  });
});

describe("three tickets whose comments can never be read", () => {
  it("keep none behind them waiting, although so many failures in a row may mean the tracker", async () => {
    await using place = await doorPlace({ tickets: 6 });
    const { door, store, sandbox, clock, say } = place;
    const [path, answer] = [/issue\/1000[123]\/comment/, "unavailable"] as const;
    for (let n = 0; n < 100; n += 1) sandbox.fault({ path, answer });
    for (const ticket of [1, 2, 3, 4, 5, 6]) await say("sarah", "dw ack", ticket);
    for (let n = 0; n < 3; n += 1) {
      await door.look().catch(() => undefined);
      await clock.advance(10_000);
    }
    const handed = [...store.commands.values()].map(({ place: at }) => at);
    expect(handed.toSorted()).toEqual(["10004", "10005", "10006"]);
  });
});

describe("a tracker that answers nobody", () => {
  it.each(["rate_limited", "unavailable", "unauthorized", "drop"] as const)(
    "with %s for ten minutes, then well, has every ticket read at the first look after it",
    async (answer) => {
      await using place = await doorPlace({ tickets: 5 });
      const { door, store, sandbox, clock, say } = place;
      for (const ticket of [1, 2, 3, 4, 5]) await say("sarah", "dw ack", ticket);
      let isIll = true;
      // A login that is refused is refused for everything.
      const path = answer === "unauthorized" ? /comment|myself/ : /comment/;
      for (let n = 0; n < 3000; n += 1) sandbox.fault({ method: () => isIll, path, answer });
      for (let n = 0; n < 60; n += 1) {
        await door.look().catch(() => undefined);
        await clock.advance(10_000);
      }
      expect(store.commands.size).toBe(0);
      isIll = false;
      await door.look();
      expect(store.commands.size).toBe(5);
    },
  );
});
