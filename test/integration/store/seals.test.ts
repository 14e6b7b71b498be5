/** FR-A1: rows of other tables that somebody changes by hand are found by `driftwarden audit verify`. */
import { Registry } from "prom-client";
import { beforeAll, describe, expect, it } from "vitest";
import { type Clock, systemClock } from "../../../src/clock.ts";
import { runLedger } from "../../../src/healing/run-ledger.ts";
import { recordEvents } from "../../../src/incidents/record-events.ts";
import type { RunReplica } from "../../../src/incidents/run-replica.ts";
import { changeFreezes } from "../../../src/store/freezes/change.ts";
import { moveMembers } from "../../../src/store/incident-members/member.ts";
import { acceptAtFirst, acceptRows } from "../../../src/store/journal/accept-rows.ts";
import { appendJournal } from "../../../src/store/journal/append.ts";
import { pruneJournal } from "../../../src/store/journal/prune.ts";
import { sealRows } from "../../../src/store/journal/seal-rows.ts";
import { sealedTables } from "../../../src/store/journal/sealed-tables.ts";
import { type JournalVerdict, verifyJournal } from "../../../src/store/journal/verify.ts";
import { storeMetrics } from "../../../src/store/metrics.ts";
import { createPartitionStore } from "../../../src/store/partitions/partition-store.ts";
import type { Queryable, Tx } from "../../../src/store/query.ts";
import { Retention } from "../../../src/store/retention.ts";
import { insertRun } from "../../../src/store/runs/run.ts";
import type { Store } from "../../../src/store/store.ts";
import { episodeOpened } from "../../fakes/episodes.ts";
import { freezeOf } from "../../fakes/freezes.ts";
import { storedRun } from "../../fakes/runs.ts";
import { orderKeyOf } from "../../programs/executors.ts";
import { silent, withStore } from "../../programs/store.ts";

const stores = withStore();
const hour = 3_600_000;
const day = 24 * hour;

const settings = {
  ticketed: true,
  resolveAfterMs: hour,
  reopenDurationMs: hour,
  healthAfterMs: hour,
  fixesFor: () => [],
};

const plannedReplica: RunReplica = {
  n: 1,
  targetId: "c1",
  targetName: "svc-1",
  host: "h1",
  snapshot: {},
  status: "planned",
  detail: null,
  begunAtMs: null,
  finishedAtMs: null,
  after: null,
};

/** A store in which an episode was decided, an incident opened, a ticket promised, a fix run, and a freeze declared. */
async function storeInUse(clock: Clock = systemClock): Promise<Store> {
  const store = await stores.open();
  const partitions = createPartitionStore({
    store,
    owner: "me",
    stream: "s",
    record: (tx, events) =>
      recordEvents(
        tx,
        events.map((event) => ({ event })),
        { settings, clock, orderKeyOf },
      ),
  });
  const claim = await partitions.claim(0);
  const at = Date.now() * 1000;
  const event = episodeOpened({ at, newestRow: at });
  await partitions.decide(claim, [{ offset: 1, event }], 1);
  const ledger = runLedger(store, systemClock);
  await ledger.decide({ id: "r1", fix: "restart-svc", sinceMs: 0 }, () => ({
    ...storedRun("r1"),
    status: "acting",
    replicas: [plannedReplica],
  }));
  await ledger.finish("r1", { status: "acted", detail: "restarted", finishedAtMs: 2 });
  const freeze = freezeOf();
  await store.transaction((tx) => changeFreezes(tx, { kind: "freeze", freeze }));
  return store;
}

/** What a check says after a change that is taken back. */
async function verdictAfter(
  store: Store,
  change: (tx: Tx) => Promise<unknown>,
): Promise<JournalVerdict | undefined> {
  let verdict: JournalVerdict | undefined;
  const takenBack = new Error("taken back");
  const work = store.transaction(async (tx) => {
    await change(tx);
    verdict = await verifyJournal(tx);
    throw takenBack;
  });
  await expect(work).rejects.toBe(takenBack);
  return verdict;
}

const otherValue: Readonly<Record<string, (column: string) => string>> = {
  text: (column) => `coalesce(${column}, '') || 'x'`,
  json: () => `'{"forged":true}'`,
  boolean: (column) => `not ${column}`,
};
const otherNumber = (column: string): string => `coalesce(${column}, 0) + 1`;

async function typeOf(q: Queryable, table: string, column: string): Promise<string> {
  const [row] = await q.query<{ type: string }>(
    `select data_type as type from information_schema.columns
     where table_schema = current_schema() and table_name = $1 and column_name = $2`,
    [table, column.replaceAll('"', "")],
  );
  if (row === undefined) throw new Error(`${table} has no ${column}`);
  return row.type;
}

describe("FR-A1: a sealed row", () => {
  let store: Store;
  beforeAll(async () => {
    store = await storeInUse();
  });
  const columns = sealedTables.flatMap(({ name, columns: own }) =>
    own.map((column) => [name, column] as const),
  );

  it("is as it was written while only the program writes it", async () => {
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
    for (const { name } of sealedTables) {
      const [row] = await store.query<{ rows: number }>(`select count(*) as rows from ${name}`);
      expect([name, row?.rows === 0]).toEqual([name, false]);
    }
  });

  it.each(columns)("of %s is found when somebody changes its %s", async (table, column) => {
    const type = await typeOf(store, table, column);
    // The state of a member is one of three, by a constraint.
    const isState = table === "incident_members" && column === "state";
    const to = isState ? "'left'" : (otherValue[type] ?? otherNumber)(column);
    const verdict = await verdictAfter(store, (tx) =>
      tx.query(
        `update ${table} set ${column} = ${to} where ctid = (select min(ctid) from ${table})`,
      ),
    );
    expect(verdict).toMatchObject({ ok: false, table });
  });

  it.each(sealedTables.map(({ name }) => name))(
    "of %s is found when somebody deletes it",
    async (table) => {
      const verdict = await verdictAfter(store, (tx) => tx.query(`delete from ${table}`));
      expect(verdict).toMatchObject({ ok: false, table, reason: "the row was deleted" });
    },
  );

  it("is found when somebody adds one: a run that never was uses up no budget unnoticed", async () => {
    const verdict = await verdictAfter(store, (tx) => insertRun(tx, storedRun("forged")));
    expect(verdict).toMatchObject({ ok: false, table: "runs", key: "forged" });
  });

  it("follows a member into the incident that its own became a part of", async () => {
    const move = { from: "inc-e1", to: "inc-e0" };
    const unsealed = await verdictAfter(store, (tx) => moveMembers(tx, move));
    expect(unsealed).toMatchObject({ ok: false, table: "incident_members" });
    const sealed = await verdictAfter(store, async (tx) => {
      const keys = await moveMembers(tx, move);
      await appendJournal(tx, await sealRows(tx, { incident_members: keys }, 1));
    });
    expect(sealed).toMatchObject({ ok: true });
  });

  it("may change in what no decision is: who carries an effect out, and when", async () => {
    const verdict = await verdictAfter(store, (tx) =>
      tx.query(
        "update outbox set status = 'working', attempts = 3, lease_owner = 'me', due_at_ms = 0",
      ),
    );
    expect(verdict).toMatchObject({ ok: true });
  });
});

describe("FR-A1: retention", () => {
  it("of the journal keeps the seals of rows that are still there", async () => {
    const store = await storeInUse();
    const [head] = await store.query<{ seq: number }>("select seq from journal_head");
    const which = { olderMs: -day, limit: 1000, nowMs: Date.now() };
    expect(await store.transaction((tx) => pruneJournal(tx, which))).toBe((head?.seq ?? 0) - 1);
    await store.transaction((tx) => pruneJournal(tx, which));
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
    const verdict = await verdictAfter(store, (tx) =>
      tx.query("update runs set decided_at_ms = decided_at_ms - 1"),
    );
    expect(verdict).toMatchObject({ ok: false, table: "runs", key: "r1" });
  });

  it("says in the journal what it deletes; what somebody else deletes is missed", async () => {
    const store = await storeInUse({ ...systemClock, now: () => Date.now() - 40 * day });
    await store.query("update outbox set status = 'done'");
    await store.query("update decisions set stored_at = now() - interval '40 days'");
    await store.query("update partitions set replay_from = 9");
    const retention = new Retention({
      store,
      keepMs: { decisions: 30 * day, outbox: 30 * day, journal: 400 * day },
      owner: "me",
      clock: systemClock,
      logger: silent,
      metrics: storeMetrics(new Registry()),
    });
    const byHand = await verdictAfter(store, (tx) => tx.query("delete from decisions"));
    expect(byHand).toMatchObject({ ok: false, table: "decisions" });
    expect(await retention.round()).toBeGreaterThan(1);
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
  });
});

describe("FR-A1: rows that an older program wrote", () => {
  it("are sealed as they stand at the first start, once", async () => {
    const store = await stores.open();
    await store.transaction((tx) => insertRun(tx, storedRun("old")));
    expect(await verifyJournal(store)).toMatchObject({ ok: false, table: "runs" });
    expect(await acceptAtFirst(store, 1)).toMatchObject({ runs: 1, incidents: 0 });
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
    await store.transaction((tx) => insertRun(tx, storedRun("later")));
    expect(await acceptAtFirst(store, 2)).toBeUndefined();
    expect(await verifyJournal(store)).toMatchObject({ ok: false, key: "later" });
  });

  it("are sealed later when a person says so, and the journal keeps that it was said", async () => {
    const store = await storeInUse();
    await store.query("update runs set detail = 'by hand'");
    await store.query("delete from incidents");
    expect(await acceptRows(store, 3)).toEqual({
      runs: 1,
      run_decisions: 0,
      run_replicas: 0,
      freezes: 0,
      incidents: 1,
      incident_members: 0,
      decisions: 0,
      outbox: 0,
    });
    expect(await verifyJournal(store)).toMatchObject({ ok: true });
    const said = await store.query<{ kind: string }>(
      "select kind from journal where kind = 'rows_accepted'",
    );
    expect(said).toHaveLength(1);
  });
});
