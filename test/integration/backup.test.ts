import { describe, expect, it } from "vitest";
import type { Remediation } from "../../remediations/remediation.ts";
import type { IncidentExecutor } from "../../src/incidents/executor.ts";
import { sayForgotNothing, touchStore } from "../../src/store/restore/restore.ts";
import { listRuns } from "../../src/store/runs/list.ts";
import type { Store } from "../../src/store/store.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { atMost } from "../fakes/limits.ts";
import { outboxOf, record } from "../programs/effects.ts";
import { eventually } from "../programs/eventually.ts";
import { sql } from "../programs/postgres.ts";
import { productExecutors, recordingFor } from "../programs/product-executors.ts";
import { withStore } from "../programs/store.ts";
import { FakeTracker } from "../tickets/fake-tracker.ts";

const stores = withStore();

const recording = recordingFor(600_000);

/** The world outside, which no restore turns back. */
interface World {
  readonly tracker: FakeTracker;
  /** When the fix has run, by the machine's clock. */
  readonly restarts: number[];
  /** Runs whose outcome was looked up. */
  lookUps: number;
}

function executorsIn(
  store: Store,
  world: World,
  restoredAt: number | undefined,
): readonly IncidentExecutor[] {
  const target = { id: "a".repeat(64), name: "svc", host: "box", snapshot: {}, refusal: undefined };
  const done = { status: "done", detail: "restarted", after: {} } as const;
  const remediation: Remediation = {
    resolve: async () => [target],
    act: async () => {
      world.restarts.push(Date.now());
      return done;
    },
    plan: () => ({ does: "restarts it", parameters: {} }),
    lookUp: async () => {
      world.lookUps += 1;
      return done;
    },
    health: async () => "healthy",
  };
  return productExecutors(store, {
    ticketing: { tracker: world.tracker },
    remediation,
    fix: { cooldownMs: 0, ...atMost(100, 3_600_000) },
    modelAfterMs: 1,
    restoredAtMs: restoredAt,
  });
}

/** Opens the store as the daemon does, decides the episodes, and carries out what they promise. */
async function decide(store: Store, world: World, episodes: readonly string[]): Promise<void> {
  const { restoredAtMs: restoredAt } = await touchStore(store);
  const executors = executorsIn(store, world, restoredAt);
  const worker = outboxOf(store, executors, { recording, owner: "me" });
  // Clearly newer than a restore that was noticed in this millisecond.
  for (const id of episodes) await decideAt(store, id, Date.now() + 1000);
  worker.start();
  await eventually(async () => {
    const unfinished = "select count(*) as count from outbox where status <> 'done' and not timer";
    expect(await store.query(unfinished)).toEqual([{ count: 0 }]);
  });
  await worker.stop();
}

async function decideAt(store: Store, id: string, newestRowMs: number): Promise<void> {
  const event = episodeOpened({ id, model: `t/e/${id}/m`, newestRow: newestRowMs * 1000 });
  await record(store, event, recording);
}

async function runsOf(store: Store, episode: string): Promise<readonly unknown[]> {
  const { items } = await listRuns(store, { incident: `inc-${episode}` });
  return items.map(({ status, gate }) => (gate === null ? status : `${status} by ${gate}`));
}

/** A world in which "old" was dumped in the middle of its run, and "forgotten" came after the dump. */
async function restoredFromDump(name: string): Promise<{ store: Store; world: World }> {
  const schema = `driftwarden_${name}`;
  const world: World = { tracker: new FakeTracker(), restarts: [], lookUps: 0 };
  const before = await stores.open({ schema });
  await decide(before, world, ["old"]);
  await before.close();
  // What pg_dump and pg_restore make: the same rows in another database.
  await sql(stores.postgres.server.url, `create database ${name} template store`);
  const live = await stores.open({ schema });
  await decide(live, world, ["forgotten"]);
  await live.close();
  const store = await stores.open({ schema, url: stores.url.replace(/\/store$/, `/${name}`) });
  await store.query("update runs set status = 'acting', finished_at_ms = null, acted_at_ms = null");
  await store.query(
    `update outbox set status = 'working', lease_owner = 'gone', lease_until = now(), intent = '{"attempt":1}'
     where effect ->> 'kind' = 'run.start'`,
  );
  return { store, world };
}

describe("a store that is restored from yesterday's dump", () => {
  it("a restored store opens no ticket and makes no run a second time, and reports what is new", async () => {
    const { store, world } = await restoredFromDump("yesterday");
    expect(world.restarts).toHaveLength(2);
    // The rows behind it are read again and decided again; they are older than the restore.
    await decideAt(store, "forgotten", Date.now() - 1000);
    await decide(store, world, []);
    expect(world.tracker.issues).toHaveLength(2);
    expect(await runsOf(store, "forgotten")).toEqual(["denied by restored"]);
    await decide(store, world, ["new"]);
    expect(world.tracker.issues).toHaveLength(3);
    expect(world.restarts).toHaveLength(2);
  });

  it("a restored store looks up a run that the dump left in the middle of its act, and never repeats it", async () => {
    const { store, world } = await restoredFromDump("in_the_middle");
    await decide(store, world, []);
    expect(await runsOf(store, "old")).toEqual(["acted"]);
    expect(world.lookUps).toBe(1);
    expect(world.restarts).toHaveLength(2);
  });

  it("a restored store holds fixes back until nothing forgotten counts, or a person says that nothing was forgotten", async () => {
    const { store, world } = await restoredFromDump("held");
    await decide(store, world, ["new"]);
    expect(await runsOf(store, "new")).toEqual(["denied by restored"]);
    await store.query("update presence set restored_at = now() - interval '61 minutes'");
    await decide(store, world, ["later"]);
    expect(await runsOf(store, "later")).toEqual(["acted"]);
    await store.query("update presence set restored_at = now()");
    await decide(store, world, ["again"]);
    expect(await runsOf(store, "again")).toEqual(["denied by restored"]);
    await sayForgotNothing(store);
    await decide(store, world, ["trusted"]);
    expect(await runsOf(store, "trusted")).toEqual(["acted"]);
  });
});

describe("the restore guard of the store", () => {
  it("is undisturbed by a restart within an hour", async () => {
    const store = await stores.open();
    expect((await touchStore(store)).restoredAtMs).toBeUndefined();
    await store.query("update presence set seen_at = now() - interval '59 minutes'");
    expect((await touchStore(store)).restoredAtMs).toBeUndefined();
  });

  it("shows that its tables were put back, however young they are, into the same database", async () => {
    const store = await stores.open();
    await touchStore(store);
    // What pg_restore --clean makes of it.
    await store.query("create table restored (like presence including all)");
    await store.query("insert into restored table presence");
    await store.query("drop table presence");
    await store.query("alter table restored rename to presence");
    expect((await touchStore(store)).restoredAtMs).toBeDefined();
  });

  it("shows that a copy may have been put back when nobody used it for longer, and remembers that", async () => {
    const store = await stores.open();
    await touchStore(store);
    await store.query("update presence set seen_at = now() - interval '61 minutes'");
    const { restoredAtMs } = await touchStore(store);
    expect(Math.abs((restoredAtMs ?? 0) - Date.now())).toBeLessThan(60_000);
    expect((await touchStore(store)).restoredAtMs).toBe(restoredAtMs);
  });
});
