/** Freezes and storms on a real store: what they hold back, and what happens when a freeze comes while a run is decided. */
import { describe, expect, it } from "vitest";
import { changeFreezes } from "../../src/store/freezes/change.ts";
import { freezesNotOver } from "../../src/store/freezes/freeze.ts";
import { verifyJournal } from "../../src/store/journal/verify.ts";
import { touchStore } from "../../src/store/restore/restore.ts";
import { lockBudgets } from "../../src/store/runs/budget.ts";
import { insertRun } from "../../src/store/runs/run.ts";
import { stormSince } from "../../src/store/runs/storm.ts";
import type { Store } from "../../src/store/store.ts";
import { freezeOf } from "../fakes/freezes.ts";
import { storedRun } from "../fakes/runs.ts";
import { approving, startRun } from "../programs/approving.ts";
import { answered, comment } from "../programs/command-store.ts";
import { eventually } from "../programs/eventually.ts";
import { asked, proposedAndApproved } from "../programs/proposals.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();

/** Backends that wait for the lock that decisions about runs take. */
const waitingSql = `select pid from pg_stat_activity
  where wait_event = 'advisory' and query like '%budgets%' and pid <> pg_backend_pid()`;

const namesOf = async (store: Store): Promise<readonly string[]> =>
  (await freezesNotOver(store, Date.now())).map(({ name }) => name);

describe("an approval that is given while a freeze holds (A3, A7)", () => {
  it("does not act, and is asked for again once the freeze is over", async () => {
    const { place, approved } = await proposedAndApproved(await stores.open());
    expect(await place.say("dw freeze 1h the exporter is replaced")).toContain("Undo: dw unfreeze");
    const { run } = await startRun(place, { approved });
    expect(run).toMatchObject({ status: "denied", gate: "frozen" });
    expect(run?.detail).toContain('The freeze "freeze-1" by sarah (the exporter is replaced)');
    expect(run?.retryAtMs).toBe((await freezesNotOver(place.store, 0))[0]?.untilMs);
    const frozen = (await place.run())?.answers.filter(({ gate }) => gate === "frozen");
    expect(frozen).toMatchObject([{ answer: "denies" }]);
    expect(await place.say("dw unfreeze")).toContain("sarah ended the freeze freeze-1");
    expect((await startRun(place)).run?.status).toBe("proposed");
    expect(place.acts).toEqual([]);
    expect(await verifyJournal(place.store)).toMatchObject({ ok: true });
  });
});

describe("dw approve", () => {
  it("says that a freeze holds the run back, and names no freeze of something else", async () => {
    const place = await asked(await stores.open());
    await place.outbox.stop();
    const soon = { atMs: Date.now(), untilMs: Date.now() + 3_600_000 };
    const other = freezeOf({ ...soon, matchers: { services: ["other"] } });
    const own = freezeOf({
      ...soon,
      id: "2",
      name: "own",
      matchers: { services: ["feature-store-1"] },
    });
    for (const freeze of [other, own])
      await place.store.transaction((tx) => changeFreezes(tx, { kind: "freeze", freeze }));
    expect(await place.say("dw approve")).toContain(
      "A freeze holds it back, so this approval does not act: own by sarah until",
    );
  });
});

describe("a freeze and a decision about a run at the same time", () => {
  it("a freeze that is not committed yet stops the decision that waits for it", async () => {
    const { place, approved } = await proposedAndApproved(await stores.open());
    const freeze = freezeOf({ atMs: Date.now(), untilMs: Date.now() + 3_600_000 });
    let decision: ReturnType<typeof startRun> | undefined;
    await place.store.transaction(async (tx) => {
      await lockBudgets(tx);
      await changeFreezes(tx, { kind: "freeze", freeze });
      decision ??= startRun(place, { approved });
      await eventually(async () => expect(await place.store.query(waitingSql)).toHaveLength(1));
    });
    expect((await decision)?.run).toMatchObject({ status: "denied", gate: "frozen" });
    expect(place.acts).toEqual([]);
  });

  it("a freeze waits for the decision that was first, and holds back the next one", async () => {
    const { place, approved } = await proposedAndApproved(await stores.open());
    let said: Promise<string> | undefined;
    await place.store.transaction(async (tx) => {
      await lockBudgets(tx);
      said ??= place.say("dw freeze 1h deploy");
      await eventually(async () => expect(await place.store.query(waitingSql)).toHaveLength(1));
      expect(await namesOf(place.store)).toEqual([]);
    });
    expect(await said).toContain("No fix runs until");
    expect((await startRun(place, { approved })).run).toMatchObject({ gate: "frozen" });
  });

  it("a comment that takes an incident and freezes does not block a decision about that incident", async () => {
    const { place, approved } = await proposedAndApproved(await stores.open());
    const said = place.say("dw ack\ndw freeze 1h deploy");
    const { run } = await startRun(place, { approved });
    expect(await said).toContain("No fix runs until");
    expect(["acted", "denied"]).toContain(run?.status);
    const [row] = await place.store.query<{ n: number }>(
      "select count(*)::int as n from journal where kind = 'freeze'",
    );
    expect(row?.n).toBe(1);
  });
});

describe("a freeze that is planned for a date", () => {
  const hour = 3_600_000;
  const planned = (startsInMs: number) =>
    freezeOf({
      declaredAtMs: Date.now() - 2 * hour,
      atMs: Date.now() + startsInMs,
      untilMs: Date.now() + startsInMs + hour,
    });

  it.each([
    ["does not stop a decision before its start", hour, { status: "acted" }],
    ["stops a decision after its start", -hour / 2, { status: "denied", gate: "frozen" }],
  ])("%s that waits while it is declared", async (_, startsInMs, wanted) => {
    const { place, approved } = await proposedAndApproved(await stores.open());
    let decision: ReturnType<typeof startRun> | undefined;
    await place.store.transaction(async (tx) => {
      await lockBudgets(tx);
      await changeFreezes(tx, { kind: "freeze", freeze: planned(startsInMs) });
      decision ??= startRun(place, { approved });
      await eventually(async () => expect(await place.store.query(waitingSql)).toHaveLength(1));
    });
    expect((await decision)?.run).toMatchObject(wanted);
  });
});

describe("the end of a freeze", () => {
  it("comes at its time, also where the store was restored meanwhile", async () => {
    const store = await stores.open();
    await answered(store, door("freeze 2h deploy"));
    await touchStore(store);
    await store.query("update presence set identity = 'another server'");
    expect((await touchStore(store)).restoredAtMs).toBeTypeOf("number");
    expect(await namesOf(store)).toEqual(["freeze-1"]);
    expect(await freezesNotOver(store, Date.now() + 7_300_000)).toEqual([]);
  });
});

describe("a storm", () => {
  it("is counted over the targets that were asked for lately, whatever became of them", async () => {
    const store = await stores.open();
    const runs = ["a", "b", "b", "old"].map((targetId, n) => ({
      ...storedRun(`r${n}`),
      targetId,
      decidedAtMs: targetId === "old" ? 999 : 1000,
      status: "denied" as const,
      gate: targetId === "a" ? "storm" : "cooldown",
    }));
    for (const each of runs) await store.transaction((tx) => insertRun(tx, each));
    const { targets, ...counts } = await stormSince(store, 1000);
    expect(targets.toSorted()).toEqual(["a", "b"]);
    expect(counts).toEqual({ anomalous: 0, models: 0, isOn: true });
    expect(await stormSince(store, 1001)).toMatchObject({ targets: [], isOn: false });
  });

  it("holds back a fix when too many models are anomalous, and ends at half", async () => {
    const place = await approving(await stores.open(), { storm: { targets: 2, models: 0.5 } });
    await place.open("e1");
    await place.open("e2");
    await place.open("e3");
    expect((await startRun(place)).run).toMatchObject({ status: "denied", gate: "storm" });
    await place.store.query("update incident_members set state = 'recovered' where episode = 'e3'");
    expect((await startRun(place)).run).toMatchObject({ status: "denied", gate: "storm" });
    await place.store.query("update runs set decided_at_ms = decided_at_ms - 3600000");
    expect((await startRun(place)).run).toMatchObject({ status: "proposed" });
    expect(place.acts).toEqual([]);
  });
});

/** By HTTP, about no incident. */
const door = (said: string) =>
  comment(said, { door: "http", incident: null, account: "sarah", place: "" });
