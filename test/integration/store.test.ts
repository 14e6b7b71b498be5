import { Client } from "pg";
import { Registry } from "prom-client";
import { beforeAll, describe, expect, it } from "vitest";
import { storeMetrics } from "../../src/store/metrics.ts";
import { migrate, migrations } from "../../src/store/migrations/migrate.ts";
import type { Store } from "../../src/store/store.ts";
import { txOf } from "../../src/store/transaction.ts";
import { startCuttingProxy } from "../programs/cutting-proxy.ts";
import { eventually } from "../programs/eventually.ts";
import { sql } from "../programs/postgres.ts";
import { silent, withStore } from "../programs/store.ts";

const stores = withStore();
let store: Store;
beforeAll(async () => {
  store = await stores.open({ schema: "main" });
  await store.query("create table scratch (id int primary key, value int)");
});

describe("opening the store", () => {
  it("migrates once when several processes start at the same time, and again changes nothing", async () => {
    const opened = await Promise.all([1, 2, 3, 4].map(() => stores.open({ schema: "together" })));
    const again = await stores.open({ schema: "together" });
    const counts = await again.query<{ count: number }>("select count(*) as count from meta");
    expect(counts).toEqual([{ count: 1 }]);
    expect(await opened[0]?.query("select version from meta")).toEqual([
      { version: migrations.length },
    ]);
  });

  it("a schema whose min_version is newer is refused and not touched", async () => {
    await sql(
      stores.url,
      `create schema future;
       create table future.meta (one boolean primary key default true, version int, min_version int);
       insert into future.meta values (true, 99, 97)`,
    );
    const refused = stores.open({ schema: "future" });
    await expect(refused).rejects.toMatchObject({ code: "DW_STORE_TOO_NEW", retryable: false });
    expect(await sql(stores.url, "select version, min_version from future.meta")).toEqual([
      { version: 99, min_version: 97 },
    ]);
    const tables =
      "select relname from pg_class where relnamespace = 'future'::regnamespace and relkind = 'r'";
    expect(await sql(stores.url, tables)).toEqual([{ relname: "meta" }]);
  });

  it("works on a newer schema that still admits it, and leaves the version alone", async () => {
    const newer = await stores.open({ schema: "newer" });
    await newer.query("update meta set version = 99");
    const opened = await stores.open({ schema: "newer" });
    expect(await opened.query("select version from meta")).toEqual([{ version: 99 }]);
  });

  it("refuses a program that knows no members of incidents: it would open a second ticket for each", async () => {
    await stores.open({ schema: "today" });
    const older = migrations.slice(0, 7);
    await expect(migrateTo(older, "today")).rejects.toMatchObject({ code: "DW_STORE_TOO_NEW" });
  });

  it("refuses a program that knows no freezes: it would carry out runs that a person froze", async () => {
    const frozen = await stores.open({ schema: "frozen" });
    const older = migrations.slice(0, 15);
    await expect(migrateTo(older, "frozen")).rejects.toMatchObject({ code: "DW_STORE_TOO_NEW" });
    expect(await frozen.query("select version, min_version from meta")).toEqual([
      { version: migrations.length, min_version: 23 },
    ]);
  });

  it("refuses a program that knows no services: it would decide nothing about their incidents", async () => {
    await stores.open({ schema: "probed" });
    const older = migrations.slice(0, 22);
    await expect(migrateTo(older, "probed")).rejects.toMatchObject({ code: "DW_STORE_TOO_NEW" });
  });

  it("runs only the migrations that are missing, all of them or none", async () => {
    await stores.open({ schema: "stepwise" });
    const second = { sql: "create table second ()", minVersion: 1 };
    const broken = { sql: "create table third (); select 1 / 0", minVersion: 1 };
    await expect(migrateTo([...migrations, second, broken])).rejects.toThrow("division by zero");
    const tables =
      "select to_regclass('stepwise.second') as second, to_regclass('stepwise.third') as third";
    expect(await sql(stores.url, tables)).toEqual([{ second: null, third: null }]);
    await migrateTo([...migrations, second]);
    expect(await sql(stores.url, "select version, min_version from stepwise.meta")).toEqual([
      { version: migrations.length + 1, min_version: 1 },
    ]);
  });

  it("a migration that was killed in its middle leaves nothing, and is done whole at the next start", async () => {
    await stores.open({ schema: "killed" });
    const held = new Client({ connectionString: stores.url });
    await held.connect();
    await held.query("select pg_advisory_lock(471)");
    const slow = {
      sql: "create table half (); select pg_advisory_xact_lock(471); create table done ()",
      minVersion: 1,
    };
    const client = new Client({ connectionString: stores.url, options: "-c search_path=killed" });
    client.on("error", () => undefined);
    await client.connect();
    await client.query("begin");
    const all = [...migrations, slow];
    const killed = migrate(txOf(client), { schema: "killed", logger: silent, all });
    await eventually(async () => {
      const waiting = "select 1 from pg_locks where objid = 471 and not granted";
      expect(await sql(stores.url, waiting)).toHaveLength(1);
    });
    // What a SIGKILL does: the socket is gone without a word.
    const outcome = killed.catch((error: unknown) => error);
    Reflect.get(client, "connection").stream.destroy();
    expect(await outcome).toBeInstanceOf(Error);
    await held.end();
    await migrateTo(all, "killed");
    const tables =
      "select count(*) as tables from pg_tables where schemaname = 'killed' and tablename in ('half', 'done')";
    expect(await sql(stores.url, tables)).toEqual([{ tables: "2" }]);
  });

  it("gives up after the startup timeout with what to do", async () => {
    const url = "postgres://app@127.0.0.1:1/postgres";
    await expect(stores.open({ url, startupTimeoutMs: 300 })).rejects.toMatchObject({
      code: "DW_STORE_UNREACHABLE",
      retryable: true,
      hint: expect.stringContaining("store.url"),
    });
  });

  it("does not wait when the database refuses", async () => {
    const url = `${stores.url}_missing`;
    const opening = stores.open({ url, startupTimeoutMs: 60_000 });
    await expect(opening).rejects.toMatchObject({
      code: "DW_STORE_DATABASE_MISSING",
      retryable: false,
    });
  });

  it("refuses a schema name that would need quoting", async () => {
    const opening = stores.open({ schema: 'x"; drop schema main' });
    await expect(opening).rejects.toMatchObject({ code: "DW_STORE_REFUSED" });
  });

  it("keeps start-up options that the URL brings", async () => {
    const url = `${stores.url}?options=-c%20work_mem%3D5MB`;
    const opened = await stores.open({ url, schema: "options" });
    const settings = "select current_schema() as schema, current_setting('work_mem') as memory";
    expect(await opened.query(settings)).toEqual([{ schema: "options", memory: "5MB" }]);
  });

  it("needs no right to create a schema when its own is there", async () => {
    await sql(
      stores.url,
      `create role keeper login; create schema kept authorization keeper;
       revoke create on database store from public`,
    );
    const url = stores.url.replace("//app@", "//keeper@");
    const kept = await stores.open({ url, schema: "kept" });
    expect(await kept.sizeBytes()).toBeGreaterThan(0);
  });
});

async function migrateTo(all: typeof migrations, schema = "stepwise"): Promise<void> {
  const options = `-c search_path=${schema}`;
  const client = new Client({ connectionString: stores.url, options });
  await client.connect();
  try {
    await client.query("begin");
    await migrate(txOf(client), { schema, logger: silent, all });
    await client.query("commit");
  } finally {
    await client.end();
  }
}

describe("a transaction", () => {
  it("leaves nothing when its work throws, and throws the same", async () => {
    const failure = new Error("changed my mind");
    const work = store.transaction(async (tx) => {
      await tx.query("insert into scratch values (1, 1)");
      throw failure;
    });
    await expect(work).rejects.toBe(failure);
    expect(await store.query("select * from scratch where id = 1")).toEqual([]);
  });

  it("that committed stays committed when what follows it throws: that is counted, and the rest is called", async () => {
    const metrics = storeMetrics(new Registry());
    const counted = await stores.open({ schema: "main", metrics });
    const called: string[] = [];
    const result = await counted.transaction(async (tx) => {
      await tx.query("insert into scratch values (4, 4)");
      tx.afterCommit(() => {
        throw new Error("no metric of this name");
      });
      tx.afterCommit(() => void called.push("second"));
      return "done";
    });
    expect([result, called]).toEqual(["done", ["second"]]);
    expect(await store.query("select id from scratch where id = 4")).toEqual([{ id: 4 }]);
    expect((await metrics.transactionFailures.get()).values).toMatchObject([
      { value: 1, labels: { reason: "after_commit" } },
    ]);
  });

  it("does not pretend to commit when the error of a statement was swallowed", async () => {
    const work = store.transaction(async (tx) => {
      await tx.query("insert into scratch values (2, 2)");
      await tx.query("select 1 / 0").catch(() => undefined);
    });
    await expect(work).rejects.toThrow("its error was ignored");
    expect(await store.query("select * from scratch where id = 2")).toEqual([]);
  });

  it("is tried again after a deadlock", async () => {
    await store.query("insert into scratch values (10, 0), (11, 0)");
    const bump = "update scratch set value = value + 1 where id = $1";
    let arrived = 0;
    const both = (ids: readonly number[]): Promise<void> =>
      store.transaction(async (tx) => {
        await tx.query(bump, [ids[0]]);
        arrived++;
        await eventually(() => expect(arrived).toBeGreaterThanOrEqual(2));
        await tx.query(bump, [ids[1]]);
      });
    await Promise.all([both([10, 11]), both([11, 10])]);
    expect(arrived).toBeGreaterThanOrEqual(3);
    expect(await store.query("select value from scratch where id in (10, 11)")).toEqual([
      { value: 2 },
      { value: 2 },
    ]);
  });

  it("whose connection breaks between two statements says that nothing was committed", async () => {
    const work = store.transaction(async (tx) => {
      await tx.query("insert into scratch values (3, 3)");
      const [row] = await tx.query<{ pid: number }>("select pg_backend_pid() as pid");
      await store.query("select pg_terminate_backend($1)", [row?.pid]);
      await tx.query("select 1");
    });
    await expect(work).rejects.toMatchObject({ code: "DW_STORE_UNREACHABLE", retryable: true });
    expect(await store.query("select * from scratch where id = 3")).toEqual([]);
  });
});

describe("a connection lost at COMMIT", () => {
  it("a connection lost at COMMIT is an unknown outcome, and the transaction is not repeated", async () => {
    const proxy = await startCuttingProxy(stores.postgres.server.port);
    const url = stores.url.replace(`:${stores.postgres.server.port}/`, `:${proxy.port}/`);
    const cut = await stores.open({ url, schema: "main" });
    let ran = 0;
    const work = cut.transaction(async (tx) => {
      ran++;
      await tx.query("insert into scratch values (20, 0)");
      proxy.cutAfter("commit");
    });
    await expect(work).rejects.toMatchObject({ code: "DW_STORE_COMMIT_UNKNOWN", retryable: false });
    expect(ran).toBe(1);
    await eventually(async () => {
      expect(await cut.query("select id from scratch where id = 20")).toEqual([{ id: 20 }]);
    });
    await cut.close();
    proxy.stop();
  });

  it("is an unknown outcome, never repeated, when the server ended the session", async () => {
    await store.query(
      `create function dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(3600); return null; end $$`,
    );
    await store.query(
      `create constraint trigger dawdle after insert on scratch deferrable initially deferred
       for each row when (new.id = 21) execute function dawdle()`,
    );
    let pid: number | undefined;
    const work = store.transaction(async (tx) => {
      pid = (await tx.query<{ pid: number }>("select pg_backend_pid() as pid"))[0]?.pid;
      await tx.query("insert into scratch values (21, 0)");
    });
    const outcome = work.catch((error: unknown) => error);
    await eventually(async () => {
      const waiting =
        "select 1 as one from pg_stat_activity where pid = $1 and query = 'commit' and state = 'active'";
      expect(await store.query(waiting, [pid])).toEqual([{ one: 1 }]);
    });
    await store.query("select pg_terminate_backend($1)", [pid]);
    expect(await outcome).toMatchObject({ code: "DW_STORE_COMMIT_UNKNOWN", retryable: false });
    expect(await store.query("select * from scratch where id = 21")).toEqual([]);
  });
});
