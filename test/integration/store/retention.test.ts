import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src/clock.ts";
import { insertDecisions, readDecisions } from "../../../src/store/decisions/decision.ts";
import { appendJournal } from "../../../src/store/journal/append.ts";
import { verifyJournal } from "../../../src/store/journal/verify.ts";
import { acquireLease } from "../../../src/store/leases/lease.ts";
import { storeMetrics } from "../../../src/store/metrics.ts";
import { enqueueEffects } from "../../../src/store/outbox/enqueue.ts";
import { listEffects } from "../../../src/store/outbox/inspect.ts";
import { claimPartition, moveReplayFrom } from "../../../src/store/partitions/claim.ts";
import { Retention } from "../../../src/store/retention.ts";
import type { Store } from "../../../src/store/store.ts";
import { episodeOpened } from "../../fakes/episodes.ts";
import { silent, withStore } from "../../programs/store.ts";

const stores = withStore();

const day = 86_400_000;

function retentionOf(store: Store): { retention: Retention; registry: Registry } {
  const registry = new Registry();
  const retention = new Retention({
    store,
    keepMs: { decisions: 90 * day, outbox: 30 * day, journal: 400 * day },
    owner: "me",
    clock: systemClock,
    logger: silent,
    metrics: storeMetrics(registry),
  });
  return { retention, registry };
}

/** Ten rows, one a day, the newest `newestDays` old. */
async function journalFrom(newestDays: number): Promise<Store> {
  const store = await stores.open();
  const nowMs = Date.now();
  const entries = Array.from({ length: 10 }, (_, n) => {
    return { kind: "denied", atMs: nowMs - (newestDays + 9 - n) * day, body: { n } };
  });
  await store.transaction((tx) => appendJournal(tx, entries));
  return store;
}

describe("retention of the journal", () => {
  it("retention of the journal deletes what is old, moves the anchor, and leaves the chain whole", async () => {
    const store = await journalFrom(395.5);
    const { retention, registry } = retentionOf(store);
    expect(await retention.round()).toBe(5);
    const kept = await store.query<{ seq: number; kind: string }>(
      "select seq, kind from journal order by seq",
    );
    expect(kept.map(({ seq }) => seq)).toEqual([6, 7, 8, 9, 10, 11]);
    expect(kept.at(-1)?.kind).toBe("journal_pruned");
    expect(await verifyJournal(store)).toEqual({ ok: true, rows: 6 });
    expect(await registry.metrics()).toContain(
      'driftwarden_store_rows_deleted_total{table="journal"} 5',
    );
    expect(await retention.round(), "and nothing the next time").toBe(0);
  });

  it("is told apart from somebody who deletes rows and moves the anchor himself", async () => {
    const store = await journalFrom(0);
    await store.query(
      `with gone as (delete from journal where seq <= 4 returning seq, hash)
       update journal_head set anchor_seq = 4, anchor_hash = (select hash from gone where seq = 4)`,
    );
    expect(await verifyJournal(store)).toMatchObject({ ok: false, seq: 4 });
  });

  it("keeps everything behind a row that is not old, so that no gap appears", async () => {
    const store = await stores.open();
    const old = Date.now() - 500 * day;
    const entries = [old, Date.now(), old, old].map((atMs) => ({ kind: "x", atMs, body: null }));
    await store.transaction((tx) => appendJournal(tx, entries));
    expect(await retentionOf(store).retention.round()).toBe(1);
    expect(await verifyJournal(store)).toEqual({ ok: true, rows: 4 });
  });
});

describe("retention of effects", () => {
  it("deletes those that are done or dead and old; what is promised stays", async () => {
    const store = await stores.open();
    const effects = ["pending", "done", "dead", "young"].map((id) => {
      const effect = { kind: "ticket.update" } as const;
      return { id, incident: id, effect, orderKey: "ticket", dueAtMs: 0, timer: false };
    });
    const long = Date.now() - 31 * day;
    await store.transaction((tx) => enqueueEffects(tx, effects.slice(0, 3), long));
    await store.transaction((tx) => enqueueEffects(tx, effects.slice(3), Date.now()));
    await store.query("update outbox set status = id where id in ('done', 'dead')");
    await store.query("update outbox set status = 'done' where id = 'young'");
    expect(await retentionOf(store).retention.round()).toBe(2);
    const { items } = await listEffects(store);
    expect(items.map(({ id }) => id)).toEqual(["pending", "young"]);
  });
});

describe("retention of decisions", () => {
  it("retention of decisions deletes old ones, but none that a replay may make again", async () => {
    const store = await stores.open();
    const place = { stream: "s", partition: 0 };
    const claim = await claimPartition(store, place, "me");
    const decisions = [1, 2, 3].map((offset) => {
      return { offset, event: episodeOpened({ id: `e${offset}` }) };
    });
    await store.transaction((tx) => insertDecisions(tx, place, decisions));
    await store.query(
      "update decisions set stored_at = now() - interval '91 days' where id <> 'e2'",
    );
    await moveReplayFrom(store, claim, { replayFrom: 3, ended: [], rows: {} });
    expect(await retentionOf(store).retention.round()).toBe(1);
    const kept = await readDecisions(store, place, 0);
    expect(kept.map(({ event }) => event.id)).toEqual(["e2", "e3"]);
  });
});

describe("retention of several processes", () => {
  it("is done by one at a time", async () => {
    const store = await journalFrom(500);
    await acquireLease(store, { name: "retention", owner: "other", ttlMs: 60_000 });
    expect(await retentionOf(store).retention.round()).toBe(0);
    expect(await verifyJournal(store)).toEqual({ ok: true, rows: 10 });
  });
});
