import { describe, expect, it } from "vitest";
import type { JiraSandbox } from "../../src/sandbox/jira/server.ts";
import { askAs } from "../sandbox/jira/ask.ts";
import { doorPlace } from "./door-place.ts";

const deployments = ["Cloud", "Server"] as const;

const reads = (sandbox: JiraSandbox): number =>
  sandbox.ledger.filter(({ user }) => user === "bot").length;

describe("what a person says on a ticket", () => {
  it.each(deployments)(
    "is handed in once, by account and with the time it was said (%s)",
    async (deployment) => {
      await using place = await doorPlace({ deployment });
      const { door, store, clock, say } = place;
      const saidAtMs = clock.now();
      const message = await say("sarah", "I look at it.\ndw ack\ndw note was me");
      await clock.advance(10_000);
      for (let n = 0; n < 3; n += 1) await door.look();
      await place.another().look();
      expect([...store.commands.values()]).toEqual([
        {
          door: "ticket",
          message,
          place: "10001",
          incident: 1,
          account:
            deployment === "Cloud" ? "712020:d233633d9524e84c71d6fe45eb3836f8" : "JIRAUSER10101",
          names: [{ account: expect.any(String), name: "Sarah" }],
          said: "dw ack\ndw note was me",
          saidAtMs,
          unfit: undefined,
          roles: [],
        },
      ]);
      expect(store.calls).toHaveLength(2);
    },
  );

  it("is heard on a ticket that the search does not show yet, as long as people talk there", async () => {
    await using place = await doorPlace({ indexLagMs: 120_000 });
    const { door, store, clock, say } = place;
    await say("sarah", "dw status");
    await clock.advance(120_000);
    await door.look();
    expect(store.commands.size).toBe(1);
    await say("sarah", "dw ack");
    await clock.advance(10_000);
    await door.look();
    expect([...store.commands.values()].map(({ said }) => said)).toEqual(["dw status", "dw ack"]);
  });

  it.each([
    ["while people talk", 600_000],
    ["at rest", 7_200_000],
  ])(
    "is heard at the next look after the clock was set back by an hour, %s",
    async (_when, age) => {
      await using place = await doorPlace();
      const { door, store, clock, say } = place;
      await clock.advance(age);
      await door.look();
      await clock.advance(-3_600_000);
      await say("sarah", "dw ack");
      await clock.advance(10_000);
      await door.look();
      expect([...store.commands.values()].map(({ said }) => said)).toEqual(["dw ack"]);
    },
  );

  it("is read again right before it is handed in: what was deleted or changed meanwhile is not said", async () => {
    for (const change of ["DELETE", "PUT"]) {
      await using place = await doorPlace();
      const { door, store, sandbox, clock, say } = place;
      const id = await say("sarah", "dw close");
      await clock.advance(5000);
      sandbox.fault({
        method: "GET",
        path: /\/comment\/\d+$/,
        answer: "failed",
        onMet: () => undefined,
      });
      await expect(door.look()).rejects.toThrow("reading comment");
      await askAs(sandbox, `${change} /issue/IR-1/comment/${id}`, {
        as: "tom",
        body: { body: "dw silence 8h" },
      });
      await door.look();
      const unfit = [...store.commands.values()].map((command) => command.unfit);
      expect(unfit).toEqual(change === "DELETE" ? [] : ["edited"]);
    }
  });
});

describe("the hostile comments", () => {
  const ignored = [
    ["our own", "bot", "dw close"],
    ["of a program", "rule", "dw close"],
    ["in a quote of ours", "sarah", "{quote}\ndw close\n{quote}"],
    ["without a command", "sarah", "please close this"],
  ] as const;

  it.each(ignored)("%s are ignored on Cloud", async (...[, as, text]) => {
    await using place = await doorPlace({ deployment: "Cloud" });
    if (as === "bot")
      await askAs(place.sandbox, "POST /issue/IR-1/comment", {
        headers: { authorization: "Bearer ATATT-very-secret-token-0123456789" },
        body: { body: text },
      });
    else await place.say(as, text);
    await place.door.look();
    expect(place.sandbox.issues()[0]?.comments).toHaveLength(1);
    expect(place.store.calls).toEqual([]);
  });

  it("of a customer who calls himself like a person are handed in as an outsider's, by his own account", async () => {
    await using place = await doorPlace({ deployment: "Cloud", serviceDesk: true });
    await place.say("sarah2", "dw close");
    await place.say("sarah", "dw ack");
    await place.door.look();
    const [his, hers] = [...place.store.commands.values()];
    expect([his?.unfit, hers?.unfit]).toEqual(["outsider", undefined]);
    expect(his?.account).not.toBe(hers?.account);
  });

  it("that a service desk took from a mail of somebody outside are handed in as an outsider's", async () => {
    await using place = await doorPlace({ deployment: "Cloud", serviceDesk: true });
    await place.say("sarah3", "dw close");
    await place.door.look();
    expect([...place.store.commands.values()]).toMatchObject([{ unfit: "outsider" }]);
  });

  it("that somebody edited are handed in as edited, also when the author did it or only the editor is new", async () => {
    for (const [by, afterMs] of [
      ["sarah", 2000],
      ["tom", 2000],
      ["tom", 0],
    ] as const) {
      await using place = await doorPlace();
      const id = await place.say("sarah", "dw ack");
      await place.clock.advance(afterMs);
      await askAs(place.sandbox, `PUT /issue/IR-1/comment/${id}`, {
        as: by,
        body: { body: "dw close" },
      });
      await place.door.look();
      expect([...place.store.commands.values()]).toMatchObject([
        { said: "dw close", unfit: "edited" },
      ]);
    }
  });

  it("of 30 kB are handed in as too long", async () => {
    await using place = await doorPlace();
    await place.say("sarah", `dw close\n${"x".repeat(30_000)}`);
    await place.door.look();
    expect([...place.store.commands.values()]).toMatchObject([{ unfit: "too_long" }]);
  });

  it("from a clock that is ahead are said now, so that a right that comes later does not cover them", async () => {
    await using place = await doorPlace();
    await place.clock.advance(3_600_000);
    await place.say("sarah", "dw close");
    await place.clock.advance(-3_600_000);
    await place.door.look();
    expect([...place.store.commands.values()]).toMatchObject([{ saidAtMs: place.clock.now() }]);
  });
});

describe("reading tickets", () => {
  it.each(deployments)(
    "costs at most 120 calls an hour at rest, with 40 open tickets (%s)",
    async (deployment) => {
      await using place = await doorPlace({ deployment, tickets: 40 });
      const { door, sandbox, clock } = place;
      await clock.advance(7_200_000);
      // Histories are read 20 a look.
      await place.look(2);
      const before = reads(sandbox);
      for (let second = 0; second < 3600; second += 10) {
        await clock.advance(10_000);
        await door.look();
      }
      expect(reads(sandbox) - before).toBeLessThanOrEqual(120 - 30);
      expect(reads(sandbox) - before).toBeGreaterThanOrEqual(60);
    },
  );

  it("asks once in two minutes where nothing is open, so that a word on a closed ticket is heard", async () => {
    await using place = await doorPlace({ tickets: 0 });
    const { door, sandbox, clock } = place;
    for (let second = 0; second < 600; second += 10) {
      await clock.advance(10_000);
      await door.look();
    }
    expect(sandbox.ledger.filter(({ what }) => what === "searched")).toHaveLength(5);
  });

  it("takes 100 comments of a minute on 300 open tickets in, each once, within 10 s of the search showing them", async () => {
    await using place = await doorPlace({ tickets: 300 });
    const { door, store, clock, say } = place;
    await door.look();
    await clock.advance(10_000);
    for (let n = 1; n <= 100; n += 1)
      await say(n % 2 === 0 ? "sarah" : "tom", `dw note ${n}`, n * 3);
    await clock.advance(10_000);
    await door.look();
    expect(store.commands.size).toBe(100);
    expect(store.calls).toHaveLength(100);
  });

  it("finds what a blind index hides, says that it is degraded, and stops saying so once the index sees", async () => {
    await using place = await doorPlace({ tickets: 5 });
    const { door, store, sandbox, clock, say } = place;
    const look = async (times: number): Promise<void> => {
      for (let n = 0; n < times; n += 1) {
        await clock.advance(10_000);
        await door.look();
      }
    };
    await look(90);
    sandbox.blind(true);
    await clock.advance(1000);
    await say("sarah", "dw ack", 3);
    await look(75);
    expect([...store.commands.values()]).toMatchObject([{ said: "dw ack", incident: 3 }]);
    await look(31);
    expect(door.degraded).toContain("search does not show new comments");
    await say("tom", "dw status", 5);
    await look(1);
    expect(store.commands.size).toBe(2);
    sandbox.blind(false);
    await say("tom", "dw status", 3);
    await look(1);
    await say("tom", "dw status", 5);
    await look(1);
    expect(door.degraded).toBeUndefined();
  });
});

describe("a door whose requests are lost", () => {
  const kinds = [
    "drop",
    "failed",
    "rate_limited",
    "unavailable",
    "login_page",
    "late",
    "doubled",
  ] as const;

  it.each(kinds)("hands each command in once, whichever request meets this: %s", async (answer) => {
    await using calm = await conversation();
    await calm.door.look();
    const requests = reads(calm.sandbox);
    expect(requests).toBeGreaterThan(4);
    for (let nth = 0; nth < requests; nth += 1) {
      await using place = await conversation();
      place.sandbox.fault({ answer, after: nth });
      for (let look = 0; look < 3; look += 1) {
        await place.door.look().catch(() => undefined);
        await place.clock.advance(10_000);
      }
      await place.another().look();
      const said = [...place.store.commands.values()].map((command) => command.said);
      expect(said).toEqual(["dw ack", "dw status\ndw note x"]);
    }
  });
});

async function conversation() {
  const place = await doorPlace();
  await place.say("sarah", "dw ack");
  await place.say("tom", "dw status\ndw note x");
  return place;
}
