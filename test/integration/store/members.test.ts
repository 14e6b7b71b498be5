/** Incidents that several models share, on a real store: what becomes a part of them, and what an event writes. */
import { describe, expect, it } from "vitest";
import type { EpisodeOpened } from "../../../src/detection/event.ts";
import { isDigest } from "../../../src/incidents/digest.ts";
import type { Incident } from "../../../src/incidents/incident.ts";
import {
  type Happened,
  type RecordOptions,
  recordEvents,
} from "../../../src/incidents/record-events.ts";
import { getIncident } from "../../../src/store/incidents/incident.ts";
import type { Store } from "../../../src/store/store.ts";
import { type FakeClock, fakeClock } from "../../fakes/clock.ts";
import { episodeClosed, episodeOpened } from "../../fakes/episodes.ts";
import { orderKeyOf } from "../../programs/executors.ts";
import { withStore } from "../../programs/store.ts";

const stores = withStore();
const startMs = 1_760_000_000_000;
const hour = 3_600_000;
const settings: RecordOptions["settings"] = {
  ticketed: true,
  resolveAfterMs: hour,
  reopenDurationMs: hour,
  healthAfterMs: hour,
  hasSeveralModels: () => true,
  fixesFor: () => [],
};

const modelOf = (n: number): string => `default/production/main/m${n}`;

/** Of model number `n`, so many half seconds after the start. */
function broken(n: number, feature: string): EpisodeOpened {
  const at = (startMs + n * 500) * 1000;
  const [usual] = episodeOpened().features;
  const features = usual === undefined ? [] : [{ ...usual, feature }];
  return episodeOpened({ id: `e${n}`, model: modelOf(n), at, newestRow: at, features });
}

const recovered = (n: number): Happened => ({
  event: episodeClosed({ id: `c${n}`, episode: `e${n}`, model: modelOf(n) }),
});

interface Place {
  readonly store: Store;
  readonly clock: FakeClock;
  /** Each call reads everything from the store again, as another process would. */
  readonly record: (...happened: readonly Happened[]) => Promise<void>;
  readonly incident: (id: string) => Promise<Incident>;
}

async function place(): Promise<Place> {
  const store = await stores.open();
  const clock = fakeClock(startMs);
  const options = { clock, orderKeyOf, settings };
  return {
    store,
    clock,
    record: (...happened) => store.transaction((tx) => recordEvents(tx, happened, options)),
    incident: async (id) => {
      const found = await getIncident(store, id);
      if (found === undefined || isDigest(found)) throw new Error(`${id} is no incident`);
      return found;
    },
  };
}

const membersSql =
  "select incident, state, count(*)::int as count from incident_members group by 1, 2 order by 1, 2";

describe("models that break at once, each in another feature", () => {
  it("have one incident: those that nobody was told of become a part of the first, with their members", async () => {
    const { store, clock, record, incident } = await place();
    for (let n = 0; n < 5; n += 1) {
      await record({ event: broken(n, `f${n}`) });
      await clock.advance(1000);
    }
    expect(await store.query(membersSql)).toEqual([
      { incident: "inc-e0", state: "joined", count: 5 },
    ]);
    expect(await incident("inc-e0")).toMatchObject({ state: "open", members: { joined: 5 } });
    for (const part of ["inc-e1", "inc-e2", "inc-e3"])
      expect(await incident(part)).toMatchObject({ state: "resolved", partOf: "inc-e0" });
  });

  it("recover in the incident that they have become a part of, and it is over when all are", async () => {
    const { store, clock, record, incident } = await place();
    for (let n = 0; n < 5; n += 1) await record({ event: broken(n, `f${n}`) });
    await record(recovered(2), recovered(0));
    expect(await incident("inc-e0")).toMatchObject({
      state: "open",
      members: { joined: 3, recovered: 2 },
    });
    await record(recovered(1), recovered(3), recovered(4));
    expect(await incident("inc-e0")).toMatchObject({ state: "recovered", members: { joined: 0 } });
    await clock.advance(hour);
    for (let n = 0; n < 5; n += 1)
      await record({
        event: { type: "quiet_passed", episode: `e${n}` },
        incident: `inc-e${n === 4 ? 0 : n}`,
      });
    expect(await incident("inc-e0")).toMatchObject({ state: "resolved", members: { left: 5 } });
    expect(await store.query(membersSql)).toEqual([
      { incident: "inc-e0", state: "left", count: 5 },
    ]);
  });

  it("close the ticket of a part that was being opened meanwhile", async () => {
    const { store, record, incident } = await place();
    for (let n = 0; n < 5; n += 1) await record({ event: broken(n, `f${n}`) });
    const ticket = { id: "10001", key: "IR-1", url: "https://jira.example/browse/IR-1" };
    await record({ event: { type: "ticket_opened", ticket }, incident: "inc-e1" });
    expect(await incident("inc-e1")).toMatchObject({ ticket: { key: "IR-1" } });
    const closing =
      "select effect ->> 'kind' as kind from outbox where incident = 'inc-e1' and effect ->> 'kind' = 'ticket.resolve'";
    expect(await store.query(closing)).toEqual([{ kind: "ticket.resolve" }]);
  });
});

const writtenSql = `
select (select octet_length(document::text) from incidents where id = 'inc-e0')
  + (select octet_length(m::text) from incident_members m where episode = $1)
  + (select coalesce(sum(octet_length(j::text)), 0) from journal j where seq > $2)
  + (select coalesce(sum(octet_length(o::text)), 0) from outbox o where id <> all ($3)) as bytes`;

/** What one more episode writes: the incident, its member, the journal and the outbox. */
async function bytesOf({ store, record }: Place, n: number): Promise<number> {
  const [last] = await store.query<{ seq: number }>("select max(seq)::int as seq from journal");
  const promised = await store.query<{ id: string }>("select id from outbox");
  await record({ event: broken(n, "age") });
  const ids = promised.map(({ id }) => id);
  const [row] = await store.query<{ bytes: string }>(writtenSql, [`e${n}`, last?.seq ?? 0, ids]);
  return Number(row?.bytes);
}

describe("an event of an incident", () => {
  it("writes as few bytes with a thousand members as with ten", async () => {
    const here = await place();
    const batch = (from: number, until: number): Promise<void> =>
      here.record(
        ...Array.from({ length: until - from }, (_, n) => ({ event: broken(from + n, "age") })),
      );
    await batch(0, 10);
    const ticket = { id: "10001", key: "IR-1", url: "https://jira.example/browse/IR-1" };
    await here.record({ event: { type: "ticket_opened", ticket }, incident: "inc-e0" });
    await bytesOf(here, 10);
    const few = await bytesOf(here, 11);
    await batch(12, 500);
    await batch(500, 999);
    const many = await bytesOf(here, 999);
    expect(await here.incident("inc-e0")).toMatchObject({ members: { joined: 1000 } });
    expect(many).toBeLessThan(few + 100);
    expect(many).toBeLessThan(8000);
  });
});
