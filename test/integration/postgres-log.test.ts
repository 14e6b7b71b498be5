import { randomUUID } from "node:crypto";
import { Registry } from "prom-client";
import { beforeAll, describe, expect, it } from "vitest";
import { acquireLease } from "../../src/store/leases/lease.ts";
import { appendToLog } from "../../src/store/log/append.ts";
import { deleteLog } from "../../src/store/log/log.ts";
import type { Store } from "../../src/store/store.ts";
import { postgresLogMetrics } from "../../src/stream/postgres/metrics.ts";
import { openPostgresLog, type PostgresLog } from "../../src/stream/postgres/postgres-log.ts";
import { recordLogContract, type StreamHarness } from "../contracts/record-log.ts";
import { marker, RememberingReader } from "../contracts/remembering-reader.ts";
import { eventually } from "../programs/eventually.ts";
import { silent, startTestStores, withStore } from "../programs/store.ts";

const openLog = (
  store: Store,
  name: string,
  { partitions = 3, registry = new Registry() } = {},
): Promise<PostgresLog> =>
  openPostgresLog({
    store,
    name,
    partitions,
    owner: randomUUID(),
    leaseMs: 3_000,
    pollMs: 500,
    logger: silent,
    metrics: postgresLogMetrics(registry),
  });

async function startHarness(): Promise<StreamHarness> {
  const stores = await startTestStores();
  const store = await stores.open();
  return {
    open: (name) => openLog(store, name),
    appendBytes: async (name, partition, bytes) => {
      const { streamId } = await openLog(store, name);
      await store.transaction((tx) => appendToLog(tx, streamId, [{ partition, bytes }]));
    },
    remove: (name) => store.transaction((tx) => deleteLog(tx, name)),
    stop: () => stores.stop(),
  };
}

recordLogContract("a log in the store", startHarness);

const stores = withStore();
let store: Store;
beforeAll(async () => {
  store = await stores.open();
});

describe("appending to the log from several processes at once", () => {
  it("leaves no gap in the offsets, and a reader meets every record in offset order", async () => {
    const log = await openLog(store, "contiguous");
    const reader = new RememberingReader();
    const subscription = await log.subscribe(reader);
    const writers = await Promise.all([0, 1, 2, 3].map(() => openLog(store, "contiguous")));
    const tick = { kind: "tick", source: "main", watermark: 1, clock: 1 } as const;
    await Promise.all(
      writers.map(async (writer, place) => {
        for (let at = 0; at < 25; at++) await writer.append([marker(`m${place}`, at), tick]);
      }),
    );
    const ends = await log.endOffsets();
    expect(ends.reduce((sum, end) => sum + end)).toBe(4 * 25 * 4);
    await eventually(() => expect(reader.taken).toHaveLength(4 * 25 * 4));
    for (const [partition, end] of ends.entries()) {
      const offsets = reader.taken.flatMap((t) =>
        t.partition === partition ? t.entry.offset : [],
      );
      expect(offsets).toEqual(Array.from({ length: end }, (_, offset) => offset));
    }
    await subscription.stop();
  });
});

const lagOf = async (registry: Registry): Promise<string | undefined> =>
  /^driftwarden_log_lag_records\{partition="0"\} (\d+)$/m.exec(await registry.metrics())?.[1];

/** A promise that is settled by hand. */
class Gate {
  open!: () => void;
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}

describe("the lag of the log (FR-U6)", () => {
  it("is what detection has not finished with, in the partitions of this process, and nothing while the store is away", async () => {
    const registry = new Registry();
    let away = false;
    const mortal: Store = {
      ...store,
      query: (sql, values) => (away ? Promise.reject(new Error("away")) : store.query(sql, values)),
    };
    const log = await openLog(mortal, "lagging", { partitions: 1, registry });
    expect(await lagOf(registry)).toBeUndefined();
    await log.append([marker("m", 1), marker("m", 2), marker("m", 3)]);
    const gate = new Gate();
    const subscription = await log.subscribe({
      assigned: () => Promise.resolve(0),
      received: () => gate.opened,
      revoked: () => undefined,
    });
    await eventually(async () => expect(await lagOf(registry)).toBe("3"));
    gate.open();
    await eventually(async () => expect(await lagOf(registry)).toBe("0"));
    away = true;
    expect(await lagOf(registry)).toBeUndefined();
    away = false;
    await subscription.stop();
    expect(await lagOf(registry)).toBeUndefined();
  });
});

describe("the log's partitions", () => {
  it("are fixed: another number in the configuration is refused with what to do", async () => {
    await openLog(store, "fixed", { partitions: 3 });
    await expect(openLog(store, "fixed", { partitions: 4 })).rejects.toMatchObject({
      code: "DW_STREAM_PARTITIONS",
      hint: expect.stringContaining("Set stream.partitions to 3"),
    });
  });

  it("are claimed a few at a time when there are many, which leaves connections to the rest of the daemon", async () => {
    const log = await openLog(store, "many", { partitions: 120 });
    const reader = new RememberingReader();
    const claims = { now: 0, most: 0 };
    const taken = "select 1 from leases where name like $1";
    const allTaken = () =>
      eventually(async () => {
        expect(await store.query(taken, [`log/${log.streamId}/%`])).toHaveLength(120);
      });
    const claim = reader.assigned.bind(reader);
    reader.assigned = async (partition) => {
      claims.most = Math.max(claims.most, ++claims.now);
      await allTaken();
      claims.now -= 1;
      return claim(partition);
    };
    const subscription = await log.subscribe(reader);
    await eventually(() => expect(reader.partitionsHeld()).toHaveLength(120));
    expect(claims.most).toBeLessThanOrEqual(5);
    await subscription.stop();
  });

  it("are made once when several processes open the log at the same time", async () => {
    const logs = await Promise.all(
      [1, 2, 3, 4].map(() => openLog(store, "race", { partitions: 5 })),
    );
    expect(new Set(logs.map((log) => log.streamId)).size).toBe(1);
    expect(await logs[0]?.endOffsets()).toEqual([0, 0, 0, 0, 0]);
  });

  it("are taken over when the lease of a dead process expires", async () => {
    const log = await openLog(store, "takeover", { partitions: 1 });
    const name = `log/${log.streamId}/0`;
    await acquireLease(store, { name, owner: "dead", ttlMs: 700 });
    const reader = new RememberingReader();
    const subscription = await log.subscribe(reader);
    await log.append([marker("m", 1)]);
    await eventually(() => expect(reader.markers("m")).toEqual([1]));
    await subscription.stop();
  });

  it("are forgotten at once when the lease was lost, and taken up again when it is free", async () => {
    const log = await openLog(store, "lost", { partitions: 1 });
    const reader = new RememberingReader();
    const subscription = await log.subscribe(reader);
    await eventually(() => expect(reader.partitionsHeld()).toEqual(["0"]));
    await store.query("update leases set owner = 'thief', epoch = epoch + 1 where name = $1", [
      `log/${log.streamId}/0`,
    ]);
    await eventually(() => {
      expect(reader.calls).toEqual(["assigned 0", "revoked 0", "assigned 0"]);
    });
    await subscription.stop();
    expect(reader.calls.at(-1)).toBe("revoked 0");
  });
});

describe("the log when the store is away", () => {
  it("says so, and goes on by itself when the store is back", async () => {
    const own = await startTestStores();
    const away = await own.open();
    const log = await openLog(away, "outage", { partitions: 1 });
    const reader = new RememberingReader();
    const subscription = await log.subscribe(reader);
    await log.append([marker("m", 1)]);
    await eventually(() => expect(reader.markers("m")).toEqual([1]));
    await own.postgres.server.kill();
    const refused = log.append([marker("m", 2)]);
    await expect(refused).rejects.toMatchObject({ code: expect.stringMatching(/^DW_STORE_/) });
    expect(log.health()).toMatchObject({ ok: false });
    await own.postgres.server.restart();
    await log.append([marker("m", 3)]);
    await eventually(() => expect(reader.markers("m")).toEqual([1, 3]));
    await eventually(() => expect(log.health()).toEqual({ ok: true }));
    await subscription.stop();
    await own.stop();
  });
});

describe("trimming the log", () => {
  it("deletes below the offset and keeps the offsets of the rest", async () => {
    const log = await openLog(store, "trim", { partitions: 1 });
    await log.append([0, 1, 2, 3, 4].map((at) => marker("m", at)));
    expect(await log.forget(0, 3)).toBe(3);
    const reader = new RememberingReader();
    const subscription = await log.subscribe(reader);
    await eventually(() => expect(reader.markers("m")).toEqual([3, 4]));
    expect(reader.taken.map(({ entry }) => entry.offset)).toEqual([3, 4]);
    expect(await log.endOffsets()).toEqual([5]);
    await subscription.stop();
  });
});

describe("a log that was deleted while it was in use", () => {
  it("refuses records instead of making itself anew", async () => {
    const log = await openLog(store, "gone");
    await store.transaction((tx) => deleteLog(tx, "gone"));
    const gone = { code: "DW_STREAM_GONE" };
    await expect(log.append([marker("m", 1)])).rejects.toMatchObject(gone);
    await expect(log.endOffsets()).rejects.toMatchObject(gone);
  });
});
