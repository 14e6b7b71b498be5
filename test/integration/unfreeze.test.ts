/** A freeze that is ended before its time on a real store: what waited is asked for at once, whenever the end comes. */
import { describe, expect, it, onTestFinished } from "vitest";
import type { RunSummary } from "../../src/incidents/incident.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import { verifyJournal } from "../../src/store/journal/verify.ts";
import type { Tx } from "../../src/store/query.ts";
import type { Store } from "../../src/store/store.ts";
import { type Approving, approving, startRun } from "../programs/approving.ts";
import { answered, comment } from "../programs/command-store.ts";
import { eventually } from "../programs/eventually.ts";
import { recording } from "../programs/proposals.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();

/** By HTTP, about no incident. */
const say = (store: Store, said: string) =>
  answered(store, comment(said, { door: "http", incident: null, account: "sarah", place: "" }));

async function frozen(): Promise<Approving> {
  const place = await approving(await stores.open());
  await say(place.store, "freeze 2h deploy");
  await place.open("e1");
  return place;
}

function start({ outbox }: Approving): void {
  outbox.start();
  onTestFinished(() => outbox.stop());
}

const isAsked = (place: Approving): Promise<void> =>
  eventually(() => expect(place.asked).toMatchObject([{ kind: "verify" }]));

/** As the outbox records what became of a run. */
async function recordRun(tx: Tx, run: RunSummary | undefined): Promise<void> {
  if (run === undefined) throw new Error("there is no run");
  const event = { type: "run_changed", run: { ...run, episode: "e1" } } as const;
  await recordEvents(tx, [{ event, incident: "inc-e1" }], recording);
}

/** Backends that wait for another transaction. */
const blockedSql = `select pid from pg_stat_activity
  where wait_event_type = 'Lock' and datname = current_database() and pid <> pg_backend_pid()`;
const retriesSql =
  "select due_at_ms <= $1 as soon from outbox where timer and effect ->> 'kind' = 'run.retry'";

describe("unfreeze", () => {
  it("has the model asked at once whether it is still anomalous", async () => {
    const place = await frozen();
    start(place);
    await eventually(async () =>
      expect((await place.incident()).runs).toMatchObject([{ status: "denied", gate: "frozen" }]),
    );
    expect(place.asked).toEqual([]);
    await say(place.store, "unfreeze freeze-1");
    await isAsked(place);
    expect(await verifyJournal(place.store)).toMatchObject({ ok: true });
  });

  it("does so too where it comes between a decision and the storing of its timer", async () => {
    const place = await frozen();
    const { run } = await startRun(place);
    expect(run).toMatchObject({ status: "denied", gate: "frozen" });
    await say(place.store, "unfreeze freeze-1");
    await place.store.transaction((tx) => recordRun(tx, run));
    start(place);
    await isAsked(place);
  });

  it("of a silence does so too where it comes between a decision and the storing of its timer", async () => {
    const place = await approving(await stores.open());
    await place.open("e1");
    await place.say("dw silence 2h deploy");
    const { run } = await startRun(place);
    expect(run).toMatchObject({ status: "denied", gate: "frozen" });
    await place.say("dw unsilence");
    await place.store.transaction((tx) => recordRun(tx, run));
    expect(await place.store.query(retriesSql, [Date.now()])).toEqual([{ soon: true }]);
  });

  it("leaves the timer of a run alone whose silence goes on", async () => {
    const place = await approving(await stores.open());
    await place.open("e1");
    await place.say("dw silence 2h deploy");
    const { run } = await startRun(place);
    await place.store.transaction((tx) => recordRun(tx, run));
    expect(await place.store.query(retriesSql, [Date.now()])).toEqual([{ soon: false }]);
  });

  it("waits for a timer that is being stored, and finds it", async () => {
    const place = await frozen();
    const { run } = await startRun(place);
    let said: Promise<unknown> | undefined;
    await place.store.transaction(async (tx) => {
      await recordRun(tx, run);
      said ??= say(place.store, "unfreeze freeze-1");
      await eventually(async () => expect(await place.store.query(blockedSql)).toHaveLength(1));
    });
    await said;
    expect(await place.store.query(retriesSql, [Date.now()])).toEqual([{ soon: true }]);
  });

  it("leaves the timer of a run alone that another freeze holds back", async () => {
    const place = await frozen();
    await say(place.store, "freeze 5m demo");
    const { run } = await startRun(place);
    await say(place.store, "unfreeze freeze-2");
    await place.store.transaction((tx) => recordRun(tx, run));
    expect(await place.store.query(retriesSql, [Date.now()])).toEqual([{ soon: false }]);
  });
});
