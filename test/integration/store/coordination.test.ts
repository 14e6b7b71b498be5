import { beforeAll, describe, expect, it } from "vitest";
import type { EpisodeClosed } from "../../../src/detection/event.ts";
import { insertDecisions, readDecisions } from "../../../src/store/decisions/decision.ts";
import {
  acquireLease,
  heldLeases,
  type Lease,
  releaseLease,
  renewLeases,
} from "../../../src/store/leases/lease.ts";
import { heartbeat, leaveGroup } from "../../../src/store/members/member.ts";
import {
  claimPartition,
  commitDecisions,
  moveReplayFrom,
  partitionProgress,
} from "../../../src/store/partitions/claim.ts";
import {
  loadSourceProgress,
  saveSourceProgress,
} from "../../../src/store/source-progress/source-progress.ts";
import { loadStates } from "../../../src/store/states/load.ts";
import { saveStates } from "../../../src/store/states/save.ts";
import type { ModelState } from "../../../src/store/states/state.ts";
import type { Store } from "../../../src/store/store.ts";
import { adoptStream, rememberStream } from "../../../src/store/streams/known-stream.ts";
import { eventually } from "../../programs/eventually.ts";
import { withStore } from "../../programs/store.ts";

const stores = withStore();
let store: Store;
beforeAll(async () => {
  store = await stores.open();
});

const fencedError = { code: "DW_STORE_FENCED" };

async function statesOf(stream: string, partition = 0): Promise<readonly ModelState[]> {
  const found: ModelState[] = [];
  for await (const state of loadStates(store, { stream, partition })) found.push(state);
  return found;
}

describe("a lease", () => {
  it("belongs to one owner at a time, however many ask at once", async () => {
    const owners = ["a", "b", "c", "d", "e"];
    const taken = await Promise.all(
      owners.map((owner) => acquireLease(store, { name: "poller", owner, ttlMs: 60_000 })),
    );
    expect(taken.filter((lease) => lease !== undefined)).toHaveLength(1);
  });

  it("keeps its epoch while its owner renews it, and counts up with each takeover", async () => {
    const mine = { name: "epochs", owner: "a", ttlMs: 60_000 };
    const first = await acquireLease(store, mine);
    expect(first?.epoch).toBe(1);
    expect(await acquireLease(store, mine)).toEqual(first);
    if (first !== undefined) await releaseLease(store, first);
    const second = await acquireLease(store, { ...mine, owner: "b" });
    expect(second?.epoch).toBe(2);
    if (first === undefined || second === undefined) throw new Error("not acquired");
    expect(await renewLeases(store, [first], 60_000)).toEqual(new Set());
    expect(await renewLeases(store, [second], 60_000)).toEqual(new Set(["epochs"]));
  });

  it("that was released is not revived by a renewal that was under way", async () => {
    const lease = await acquireLease(store, { name: "released", owner: "a", ttlMs: 60_000 });
    if (lease === undefined) throw new Error("not acquired");
    await releaseLease(store, lease);
    expect(await renewLeases(store, [lease], 60_000)).toEqual(new Set());
    expect(await heldLeases(store, ["released"])).toEqual(new Set());
    const next = await acquireLease(store, { name: "released", owner: "b", ttlMs: 60_000 });
    expect(next?.epoch).toBe(lease.epoch + 1);
  });

  it("passes to another owner when it expires, by the database's clock", async () => {
    const first = await acquireLease(store, { name: "expiry", owner: "a", ttlMs: 200 });
    expect(await heldLeases(store, ["expiry", "nobody's"])).toEqual(new Set(["expiry"]));
    expect(await acquireLease(store, { name: "expiry", owner: "b", ttlMs: 200 })).toBeUndefined();
    await eventually(async () => {
      const second = await acquireLease(store, { name: "expiry", owner: "b", ttlMs: 60_000 });
      expect(second?.epoch).toBe((first?.epoch ?? 0) + 1);
    });
  });
});

describe("the members of a group", () => {
  it("are those whose heartbeat has not expired", async () => {
    await heartbeat(store, { group: "g", owner: "b" }, 60_000);
    expect(await heartbeat(store, { group: "g", owner: "a" }, 60_000)).toEqual(["a", "b"]);
    await heartbeat(store, { group: "g", owner: "b" }, 1);
    await eventually(async () => {
      expect(await heartbeat(store, { group: "g", owner: "a" }, 60_000)).toEqual(["a"]);
    });
    await leaveGroup(store, { group: "g", owner: "a" });
    expect(await heartbeat(store, { group: "g", owner: "c" }, 60_000)).toEqual(["c"]);
  });
});

describe("a partition's claim", () => {
  it("a claim of a partition fences every write of the claim before it", async () => {
    const place = { stream: "fence", partition: 0 };
    const old = await claimPartition(store, place, "a");
    await commitDecisions(store, old, 5);
    await moveReplayFrom(store, old, { replayFrom: 3, ended: [], rows: {} });
    const states = [{ model: "m", appliedThrough: 1, state: Buffer.from("new") }];
    await saveStates(store, old, states);
    const claim = await claimPartition(store, place, "b");
    expect(claim).toEqual({
      ...place,
      epoch: old.epoch + 1,
      decidedOffset: 5,
      replayFrom: 3,
      rows: {},
    });
    await expect(commitDecisions(store, old, 9)).rejects.toMatchObject(fencedError);
    await expect(
      moveReplayFrom(store, old, { replayFrom: 9, ended: [], rows: {} }),
    ).rejects.toMatchObject(fencedError);
    const stale = [{ model: "m", appliedThrough: 9, state: Buffer.from("old") }];
    await expect(saveStates(store, old, stale)).rejects.toMatchObject(fencedError);
    expect(await statesOf("fence")).toEqual(states);
    expect(await partitionProgress(store, "fence")).toEqual([
      { partition: 0, owner: "b", epoch: claim.epoch, decidedOffset: 5, replayFrom: 3 },
    ]);
  });

  it("takes back what a fenced transaction had written before the fence", async () => {
    const place = { stream: "fence-tx", partition: 0 };
    const old = await claimPartition(store, place, "a");
    await claimPartition(store, place, "b");
    const work = store.transaction(async (tx) => {
      await insertDecisions(tx, place, [{ offset: 1, event: closed("fence-tx") }]);
      await commitDecisions(tx, old, 1);
    });
    await expect(work).rejects.toMatchObject(fencedError);
    expect(await readDecisions(store, place, 0)).toEqual([]);
  });

  it("starts before the first record", async () => {
    const claim = await claimPartition(store, { stream: "fresh", partition: 7 }, "a");
    expect(claim).toMatchObject({ epoch: 1, decidedOffset: -1, replayFrom: 0 });
  });
});

describe("saving states", () => {
  it("gives back the same bytes, over several statements and pages", async () => {
    const claim = await claimPartition(store, { stream: "bytes", partition: 0 }, "a");
    const states = Array.from({ length: 450 }, (_, place) => ({
      model: `m${String(place).padStart(4, "0")}`,
      appliedThrough: place,
      state: Buffer.alloc(place === 7 ? 3_000_000 : 10_000 + place, place),
    }));
    await saveStates(store, claim, states);
    await saveStates(store, claim, [{ model: "empty", appliedThrough: 2, state: Buffer.alloc(0) }]);
    const found = await statesOf("bytes");
    expect(found).toHaveLength(451);
    expect(found[0]).toEqual({ model: "empty", appliedThrough: 2, state: Buffer.alloc(0) });
    for (const [place, state] of found.slice(1).entries()) {
      const saved = states[place];
      expect([state.model, state.appliedThrough]).toEqual([saved?.model, saved?.appliedThrough]);
      expect(Buffer.compare(state.state, saved?.state ?? Buffer.alloc(1))).toBe(0);
    }
  });

  it("keeps no decision waiting, but the next claim", async () => {
    const place = { stream: "locks", partition: 0 };
    const claim = await claimPartition(store, place, "a");
    let next: Promise<unknown> | undefined;
    let claimed = false;
    await store.transaction(async (tx) => {
      await saveStates(tx, claim, [{ model: "m", appliedThrough: 1, state: Buffer.from("s") }]);
      await commitDecisions(store, claim, 4);
      next = claimPartition(store, place, "b").then(() => (claimed = true));
      await eventually(async () => {
        const waiting =
          "select 1 as one from pg_stat_activity where wait_event_type = 'Lock' and query like '%into partitions%'";
        expect(await store.query(waiting)).toEqual([{ one: 1 }]);
      });
      expect(claimed).toBe(false);
    });
    await next;
    expect(claimed).toBe(true);
  });
});

const closed = (id: string): EpisodeClosed => ({
  type: "episode_closed",
  id,
  episode: "e",
  model: "t/e/s/m \u0000 \ud800 🦞",
  at: 1,
  cause: "recovered",
});

describe("decisions", () => {
  it("are stored once by id, and come back in offset order, as they were but for what no text can hold", async () => {
    const place = { stream: "decisions", partition: 0 };
    const first = [
      { offset: 4, event: closed("d2") },
      { offset: 2, event: closed("d1") },
    ];
    const insert = (decisions: typeof first): Promise<ReadonlySet<string>> =>
      store.transaction((tx) => insertDecisions(tx, place, decisions));
    expect(await insert(first)).toEqual(new Set(["d1", "d2"]));
    expect(await insert([...first, { offset: 5, event: closed("d3") }])).toEqual(new Set(["d3"]));
    const found = await readDecisions(store, place, 3);
    expect(found.map(({ offset, event }) => [offset, event.id])).toEqual([
      [4, "d2"],
      [5, "d3"],
    ]);
    const clean = JSON.stringify(closed("d2")).replaceAll(/\\u(0000|d800)/g, "\uFFFD");
    expect(JSON.stringify(found[0]?.event)).toBe(clean);
  });
});

describe("a stream's id", () => {
  const one = { id: "one", partitions: 4 };
  const two = { id: "two", partitions: 4 };

  it("is the one that was seen first", async () => {
    expect(await rememberStream(store, "topic", one)).toEqual(one);
    expect(await rememberStream(store, "topic", { id: "two", partitions: 8 })).toEqual(one);
  });

  it("stands with the partitions that were claimed where an older program stored no number", async () => {
    await store.query("insert into streams (name, id) values ('old', 'one')");
    await claimPartition(store, { stream: "old", partition: 7 }, "a");
    expect(await rememberStream(store, "old", one)).toEqual({ id: "one", partitions: 8 });
  });

  it("changes when the new stream is adopted, which is read from its start and fences old claims", async () => {
    await rememberStream(store, "again", one);
    const place = { stream: "again", partition: 0 };
    const old = await claimPartition(store, place, "a");
    await commitDecisions(store, old, 8);
    await moveReplayFrom(store, old, { replayFrom: 7, ended: [], rows: {} });
    await saveStates(store, old, [{ model: "m", appliedThrough: 6, state: Buffer.from("s") }]);
    await store.transaction((tx) => adoptStream(tx, "again", two));
    expect(await rememberStream(store, "again", two)).toEqual(two);
    await expect(commitDecisions(store, old, 9)).rejects.toMatchObject(fencedError);
    const claim = await claimPartition(store, place, "a");
    expect(claim).toMatchObject({ decidedOffset: -1, replayFrom: 0 });
    expect(await statesOf("again")).toEqual([
      { model: "m", appliedThrough: -1, state: Buffer.from("s") },
    ]);
  });
});

async function sourceLease(owner: string, ttlMs = 60_000): Promise<Lease> {
  const given = await acquireLease(store, { name: "source/main", owner, ttlMs });
  if (given === undefined) throw new Error(`${owner} was refused`);
  return given;
}

describe("a source's progress", () => {
  it("is the document that was saved last", async () => {
    const mine = { source: "main", lease: await sourceLease("a") };
    expect(await loadSourceProgress(store, "main")).toBeUndefined();
    await saveSourceProgress(store, mine, { window: 1 });
    await saveSourceProgress(store, mine, { window: 2, horizons: ["9007199254740993"] });
    const progress = { window: 2, horizons: ["9007199254740993"] };
    expect(await loadSourceProgress(store, "main")).toEqual(progress);
  });

  it("cannot be saved by a holder whose lease was taken over, nor by the same owner's earlier holding", async () => {
    const first = { source: "main", lease: await sourceLease("a", 0) };
    const second = { source: "main", lease: await sourceLease("b", 0) };
    const third = { source: "main", lease: await sourceLease("a") };
    await saveSourceProgress(store, third, { window: 3 });
    for (const old of [first, second]) {
      const saving = saveSourceProgress(store, old, { window: 9 });
      await expect(saving).rejects.toMatchObject({ code: "DW_STORE_FENCED" });
    }
    expect(await loadSourceProgress(store, "main")).toEqual({ window: 3 });
  });

  it("is saved by a late holder as long as nobody has taken over", async () => {
    const late = { source: "main", lease: await sourceLease("a", 0) };
    await saveSourceProgress(store, late, { window: 4 });
    expect(await loadSourceProgress(store, "main")).toEqual({ window: 4 });
  });
});

describe("FR-M2: how far a partition has come", () => {
  it("never goes back, whatever a late batch says", async () => {
    const place = { stream: "forward", partition: 0 };
    const claim = await claimPartition(store, place, "a");
    await commitDecisions(store, claim, 10);
    await commitDecisions(store, claim, 5);
    await moveReplayFrom(store, claim, { replayFrom: 8, ended: [], rows: {} });
    await moveReplayFrom(store, claim, { replayFrom: 3, ended: [], rows: {} });
    expect(await partitionProgress(store, "forward")).toMatchObject([
      { decidedOffset: 10, replayFrom: 8 },
    ]);
  });
});
