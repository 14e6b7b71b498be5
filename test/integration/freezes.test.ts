/** Freezes and storms on a real store: what they hold back, and what happens when a freeze comes while a run is decided. */
import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { registerFreeze, registerUnfreeze } from "../../src/cli/freeze.ts";
import { runProgram } from "../../src/cli/program.ts";
import { freezeRoutes } from "../../src/healing/freeze-routes.ts";
import { changeFreezes } from "../../src/store/freezes/change.ts";
import { freezesInForce } from "../../src/store/freezes/freeze.ts";
import { verifyJournal } from "../../src/store/journal/verify.ts";
import { touchStore } from "../../src/store/restore/restore.ts";
import { lockBudgets } from "../../src/store/runs/budget.ts";
import { insertRun } from "../../src/store/runs/run.ts";
import { stormSince } from "../../src/store/runs/storm.ts";
import type { Store } from "../../src/store/store.ts";
import { fileWith } from "../cli/files.ts";
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
  (await freezesInForce(store, Date.now())).map(({ name }) => name);

describe("an approval that is given while a freeze holds (A3, A7)", () => {
  it("does not act, and is asked for again once the freeze is over", async () => {
    const { place, approved } = await proposedAndApproved(await stores.open());
    expect(await place.say("dw freeze 1h the exporter is replaced")).toContain("Undo: dw unfreeze");
    const { run } = await startRun(place, { approved });
    expect(run).toMatchObject({ status: "denied", gate: "frozen" });
    expect(run?.detail).toContain('The freeze "freeze-1" by sarah (the exporter is replaced)');
    expect(run?.retryAtMs).toBe((await freezesInForce(place.store, 0))[0]?.untilMs);
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

describe("the end of a freeze", () => {
  it("comes at its time, also where the store was restored meanwhile", async () => {
    const store = await stores.open();
    await answered(store, door("freeze 2h deploy"));
    await touchStore(store);
    await store.query("update presence set identity = 'another server'");
    expect(await touchStore(store)).toBeTypeOf("number");
    expect(await namesOf(store)).toEqual(["freeze-1"]);
    expect(await freezesInForce(store, Date.now() + 7_300_000)).toEqual([]);
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

interface Outcome {
  readonly out: readonly string[];
  /** Of the refusal. */
  readonly error: string | undefined;
}

async function cliOn(store: Store, ...args: readonly string[]): Promise<Outcome> {
  const out: string[] = [];
  const cli = {
    print: (line: string) => void out.push(line),
    say: () => undefined,
    exitWith: () => undefined,
    stopSignal: () => new AbortController().signal,
  };
  const config = fileWith(
    "dw.yaml",
    "store: {url: postgres://h/d}\nsources: {main: {}}\nfixes: []\n",
  );
  const parts = {
    cli,
    remediations,
    openStore: async () => ({ store, close: async () => undefined }),
  };
  const commands = [registerFreeze, registerUnfreeze].map(
    (register) => (program: Parameters<typeof register>[0]) => register(program, parts),
  );
  try {
    await runProgram([...args, "--config", config], { version: "1.2.3", cli, commands });
    return { out, error: undefined };
  } catch (error) {
    return { out, error: error instanceof Error ? error.message : String(error) };
  }
}

describe("driftwarden freeze", () => {
  it("declares a freeze, lists it here and by the API, and unfreeze ends it", async () => {
    const store = await stores.open();
    expect((await cliOn(store, "freeze")).out).toEqual([
      "no freeze holds: fixes run as configured",
    ]);
    const until = new Date(Date.now() + 86_400_000).toISOString();
    const why = [
      "--until",
      until,
      "--reason",
      "code freeze",
      "--model",
      "churn-v7",
      "--as",
      "sarah",
    ];
    const declared = await cliOn(store, "freeze", "black friday", ...why);
    const line = `The freeze "black friday" by sarah holds until ${until}, and no fix runs for model churn-v7: code freeze`;
    expect(declared.out).toEqual([
      line,
      'Detection and tickets go on, and so does what acts already. Undo: driftwarden unfreeze "black friday"',
    ]);
    expect((await cliOn(store, "freeze")).out).toEqual([line]);
    const [json = ""] = (await cliOn(store, "freeze", "--json")).out;
    const [route] = freezeRoutes(() => store);
    expect(await route?.handler(new URLSearchParams())).toEqual({
      items: [JSON.parse(json)],
      next: null,
    });
    expect((await cliOn(store, "unfreeze", "black fridy")).error).toContain(
      'Did you mean "black friday"?',
    );
    expect((await cliOn(store, "unfreeze", "black friday", "--as", "tom")).out).toEqual([
      'the freeze "black friday" is over; fixes run again as configured',
    ]);
    expect(await store.query("select by, ended_by from freezes")).toEqual([
      { by: "sarah", ended_by: "tom" },
    ]);
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
    await store.query("update freezes set reason = 'none'");
    expect(await verifyJournal(store)).toMatchObject({ ok: false, table: "freezes" });
  });

  it.each([
    [["freeze", "x", "--reason", "r"], "Every freeze ends"],
    [["freeze", "x", "--for", "2h", "--until", "2099-01-01T00:00Z", "--reason", "r"], "either"],
    [["freeze", "x", "--for", "400d", "--reason", "r"], "lasts from 1m to 7d"],
    [["freeze", "x", "--for", "soon", "--reason", "r"], "--for soon is no duration"],
    [["freeze", "x", "--until", "2099-01-01T00:00", "--reason", "r"], "is no time with its zone"],
    [["freeze", "x", "--until", "2020-01-01T00:00Z", "--reason", "r"], "has passed"],
    [["freeze", "x", "--for", "2h"], "The reason of the freeze is missing."],
    [["freeze", "x", "--for", "2h", "--reason", "r", "--kind", "shfit"], "'shfit' is invalid"],
    [["freeze", "x", "--for", "2h", "--reason", "r", "--severity", "P9"], "'P9' is invalid"],
    [["unfreeze", "x"], "No freeze holds."],
  ])("%j is refused with what to write", async (args, problem) => {
    const store = await stores.open({ schema: "refusals" });
    expect((await cliOn(store, ...args)).error).toContain(problem);
    expect(await store.query("select from freezes")).toEqual([]);
  });

  it("said twice at the same time begins once", async () => {
    const store = await stores.open();
    const both = await Promise.all(
      ["a", "b"].map((reason) => cliOn(store, "freeze", "x", "--for", "2h", "--reason", reason)),
    );
    expect(both.filter(({ error }) => error === undefined)).toHaveLength(1);
    expect(await namesOf(store)).toEqual(["x"]);
  });
});
