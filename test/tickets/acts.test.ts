/** What people do to tickets in Jira itself, at a sandbox of both flavours. */
import { describe, expect, it } from "vitest";
import { accountOf, doorPlace, type PersonsAct } from "./door-place.ts";

const deployments = ["Cloud", "Server"] as const;
type Deployment = (typeof deployments)[number];

const account = (name: string, deployment: Deployment): string =>
  accountOf(name)[deployment === "Cloud" ? "accountId" : "key"];

const closing: PersonsAct = { move: "31" };
const reopening: PersonsAct = { move: "41" };

/** What somebody does, and the command that it stands for. `TOM` is Tom's account. */
const acts: readonly (readonly [string, readonly (readonly [string, PersonsAct])[], string])[] = [
  ["closing", [["sarah", closing]], "close"],
  [
    "reopening what we closed",
    [
      ["bot", closing],
      ["sarah", reopening],
    ],
    "reopen",
  ],
  ["assigning to somebody", [["sarah", { assign: "tom" }]], "assign TOM"],
  ["assigning to oneself", [["tom", { assign: "tom" }]], "assign TOM"],
  [
    "assigning to nobody",
    [
      ["bot", { assign: "tom" }],
      ["sarah", { assign: null }],
    ],
    "assign nobody",
  ],
  ["changing the priority", [["sarah", { priority: "High" }]], "severity P1"],
];

const cases = deployments.flatMap((deployment) =>
  acts.map(([name, done, said]) => ({ deployment, name, done, said })),
);

describe("what a person does to a ticket in Jira itself", () => {
  it.each(cases)(
    "is handed in once as the command that it stands for: $name ($deployment)",
    async ({ deployment, done, said }) => {
      await using place = await doorPlace({ deployment });
      await place.look(1);
      for (const [as, act] of done) await place.act(as, act);
      const saidAtMs = place.clock.now();
      await place.look(4);
      const another = place.another();
      for (let n = 0; n < 3; n += 1) {
        await another.look();
        await place.clock.advance(10_000);
      }
      const [who = ""] = done.at(-1) ?? [];
      expect([...place.store.commands.values()]).toEqual([
        {
          door: "tracker",
          message: place.sandbox.issues()[0]?.history.at(-1)?.id,
          place: "10001",
          incident: 1,
          account: account(who, deployment),
          names: [who, ...(said === "assign TOM" ? ["tom"] : [])].map((name) => ({
            account: account(name, deployment),
            name: name === "tom" ? "Tom" : "Sarah",
          })),
          said: said.replace("TOM", account("tom", deployment)),
          saidAtMs,
          unfit: undefined,
          roles: [],
        },
      ]);
    },
  );

  it("is understood when the daemon was away meanwhile", async () => {
    await using place = await doorPlace();
    await place.act("sarah", { priority: "Highest" });
    await place.clock.advance(1_800_000);
    await place.look(3);
    expect([...place.store.commands.values()]).toMatchObject([{ said: "severity P0" }]);
  });

  it("is handed in within half a minute after the clock was set back by an hour", async () => {
    await using place = await doorPlace();
    await place.look(1);
    await place.act("sarah", closing);
    await place.look(1);
    await place.clock.advance(-3_600_000);
    await place.look(3);
    expect([...place.store.commands.values()].map(({ said }) => said)).toEqual(["close"]);
  });

  it("counts as far as it still holds: the last word on a field, read again right before", async () => {
    await using place = await doorPlace();
    await place.act("sarah", { priority: "High" });
    await place.act("sarah", { assign: "tom" });
    await place.look(1);
    await place.act("tom", { priority: "Highest" });
    await place.look(4);
    expect([...place.store.commands.values()].map(({ said }) => said)).toEqual([
      `assign ${account("tom", "Server")}`,
      "severity P0",
    ]);
  });

  it("of one screen is one act with several commands", async () => {
    await using place = await doorPlace();
    await place.act("sarah", { priority: "High" });
    const [entry] = place.sandbox.issues()[0]?.history ?? [];
    Object.assign(entry ?? {}, {
      items: [
        ...(entry?.items ?? []),
        { field: "assignee", from: [null, null], to: ["tom", "tom"] },
      ],
    });
    await place.look(3);
    expect([...place.store.commands.values()].map(({ said }) => said)).toEqual([
      `assign ${account("tom", "Server")}\nseverity P1`,
    ]);
  });

  it("costs no read of a history as long as status, assignee and priority stay", async () => {
    await using place = await doorPlace();
    await place.look(1);
    const reads = () => place.sandbox.ledger.filter(({ what }) => what === "issue_read").length;
    const before = reads();
    for (let n = 0; n < 5; n += 1) {
      await place.say("sarah", `still looking ${n}`);
      await place.look(1);
    }
    expect(reads()).toBe(before);
  });
});

/** What somebody does that is no person's word. Data Center does not tell programs from people. */
const ignored: readonly (readonly [
  string,
  readonly Deployment[],
  readonly (readonly [string, PersonsAct])[],
])[] = [
  ["our own act", deployments, [["bot", closing]]],
  ["the act of an app", ["Cloud"], [["rule", closing]]],
  ["what a rule does in her name", deployments, [["sarah", { ...closing, automated: true }]]],
  ["the assigning of a customer", ["Cloud"], [["sarah2", { assign: "tom" }]]],
  ["a move between two open statuses", deployments, [["sarah", { move: "21" }]]],
  ["a priority that stands for no severity", deployments, [["sarah", { priority: "Lowest" }]]],
  [
    "what we changed back",
    deployments,
    [
      ["sarah", closing],
      ["bot", reopening],
    ],
  ],
  [
    "what a rule changed behind her",
    deployments,
    [
      ["sarah", { priority: "High" }],
      ["sarah", { priority: "Highest", automated: true }],
    ],
  ],
];

const ignoredCases = ignored.flatMap(([name, where, done]) =>
  where.map((deployment) => ({ deployment, name, done })),
);

describe("the hostile acts", () => {
  it.each(ignoredCases)("are not handed in: $name ($deployment)", async ({ deployment, done }) => {
    await using place = await doorPlace({ deployment });
    for (const [as, act] of done) await place.act(as, act);
    await place.look(4);
    expect(place.sandbox.issues()[0]?.history).toHaveLength(done.length);
    expect(place.store.calls).toEqual([]);
  });

  it("of several tickets within seconds are a bulk edit, and are handed in as nobody's word", async () => {
    await using place = await doorPlace({ tickets: 3 });
    for (const ticket of [1, 2, 3]) {
      await place.act("sarah", closing, ticket);
      await place.clock.advance(1000);
    }
    await place.look(4);
    const unfit = [...place.store.commands.values()].map((one) => one.unfit);
    expect(unfit).toEqual(["bulk", "bulk", "bulk"]);
  });

  it("of several tickets one after the other are a person's", async () => {
    await using place = await doorPlace({ tickets: 2 });
    await place.act("sarah", closing, 1);
    await place.clock.advance(5001);
    await place.act("sarah", closing, 2);
    await place.look(4);
    const unfit = [...place.store.commands.values()].map((one) => one.unfit);
    expect(unfit).toEqual([undefined, undefined]);
  });

  it("from a clock that is ahead are done now, so that a right that comes later does not cover them", async () => {
    await using place = await doorPlace();
    await place.act("sarah", closing);
    const [entry] = place.sandbox.issues()[0]?.history ?? [];
    Object.assign(entry ?? {}, { atMs: place.clock.now() + 3_600_000 });
    await place.look(3);
    expect([...place.store.commands.values()]).toMatchObject([
      { saidAtMs: place.clock.now() - 10_000 },
    ]);
  });
});

describe("a history whose requests are lost", () => {
  const kinds = ["drop", "login_page", "doubled"] as const;

  it.each(kinds)("hands each act in once, whichever request meets this: %s", async (answer) => {
    await using calm = await acted();
    await calm.look(4);
    const requests = calm.sandbox.ledger.filter(({ user }) => user === "bot").length;
    expect(requests).toBeGreaterThan(6);
    for (let nth = 0; nth < requests; nth += 1) {
      await using place = await acted();
      place.sandbox.fault({ answer, after: nth });
      for (let look = 0; look < 6; look += 1) {
        await place.door.look().catch(() => undefined);
        await place.clock.advance(10_000);
      }
      const said = [...place.store.commands.values()].map((command) => command.said);
      expect(said.toSorted()).toEqual(["close", "severity P1"]);
    }
  });

  it("keeps neither the comments nor the other tickets waiting when one of them cannot be read", async () => {
    await using place = await doorPlace({ tickets: 2 });
    for (let n = 0; n < 20; n += 1)
      place.sandbox.fault({ path: /\/issue\/10001$/, answer: "login_page" });
    await place.act("sarah", closing, 1);
    await place.act("tom", closing, 2);
    await place.say("sarah", "dw status", 1);
    let failed = 0;
    for (let look = 0; look < 10; look += 1) {
      await place.door.look().catch(() => {
        failed += 1;
      });
      await place.clock.advance(10_000);
    }
    expect(failed).toBe(5);
    expect([...place.store.commands.values()].map(({ said }) => said)).toEqual([
      "dw status",
      "close",
    ]);
  });
});

async function acted() {
  const place = await doorPlace();
  await place.act("sarah", closing);
  await place.clock.advance(1000);
  await place.act("tom", { priority: "High" });
  return place;
}
