import { describe, expect, it } from "vitest";
import { isDigest } from "../../../src/incidents/digest.ts";
import type { Incident } from "../../../src/incidents/incident.ts";
import { type MemberState, onlyMember } from "../../../src/incidents/member.ts";
import { saveMember } from "../../../src/store/incident-members/member.ts";
import {
  getIncident,
  insertIncident,
  latestOf,
  lockScopes,
  nextIncidentNumber,
  scopesOf,
  updateIncident,
} from "../../../src/store/incidents/incident.ts";
import { countOpenIncidents, listIncidents } from "../../../src/store/incidents/list.ts";
import { appendJournal } from "../../../src/store/journal/append.ts";
import { journalOf } from "../../../src/store/journal/read.ts";
import { verifyJournal } from "../../../src/store/journal/verify.ts";
import type { Store } from "../../../src/store/store.ts";
import { episodeOpened, openIncident } from "../../fakes/episodes.ts";
import { withStore } from "../../programs/store.ts";

const stores = withStore();

/** What the incident room does with every event: lock, look, open or repeat. */
function openOrRepeat(store: Store, fingerprint: string, id: string): Promise<Incident> {
  return store.transaction(async (tx) => {
    await lockScopes(tx, [fingerprint]);
    const [found] = await latestOf(tx, [fingerprint]);
    if (found !== undefined && !isDigest(found)) {
      const repeated = { ...found, occurrences: found.occurrences + 1 };
      await updateIncident(tx, repeated, 2);
      return repeated;
    }
    const opened = openIncident({ id, fingerprint, number: await nextIncidentNumber(tx) });
    await insertIncident(tx, opened, 1);
    return opened;
  });
}

describe("an incident", () => {
  it("an incident is opened once per fingerprint, however many first events come at once", async () => {
    const store = await stores.open();
    const events = Array.from({ length: 16 }, (_, place) => place);
    await Promise.all(events.map((n) => openOrRepeat(store, `f${n % 2}`, `inc-${n}`)));
    const { items } = await listIncidents(store);
    expect(items.map(({ number, occurrences }) => [number, occurrences])).toEqual([
      [2, 8],
      [1, 8],
    ]);
  });

  it("has its newest document and its scope found", async () => {
    const store = await stores.open();
    const first = await openOrRepeat(store, "same", "inc-a");
    const resolved: Incident = { ...first, state: "resolved", resolvedAtMs: 3 };
    await store.transaction((tx) => updateIncident(tx, resolved, 3));
    const second = openIncident({ id: "inc-b", fingerprint: "same", number: 2 });
    await store.transaction((tx) => insertIncident(tx, second, 3));
    expect(await store.transaction((tx) => latestOf(tx, ["same", "none"]))).toEqual([second]);
    expect(await getIncident(store, "inc-a")).toEqual(resolved);
    const scopes = new Map([["inc-a", "default/production/main/"]]);
    expect(await scopesOf(store, ["inc-a", "none"])).toEqual(scopes);
    expect(await getIncident(store, "inc-missing")).toBeUndefined();
  });

  it("has a subject that is in one incident at a time: the second is refused until it has left the first", async () => {
    const store = await stores.open();
    const member = onlyMember(openIncident());
    const save = (incident: string, state: MemberState): Promise<void> =>
      store.transaction((tx) => saveMember(tx, { incident, member: { ...member, state } }));
    await save("inc-a", "joined");
    await save("inc-a", "recovered");
    await expect(save("inc-b", "joined")).rejects.toThrow(/incident_members_one/);
    await save("inc-a", "left");
    await save("inc-b", "joined");
  });

  it("uses up a number only when it is inserted", async () => {
    const store = await stores.open();
    const peek = (): Promise<number> => store.transaction((tx) => nextIncidentNumber(tx));
    expect([await peek(), await peek()]).toEqual([1, 1]);
    await openOrRepeat(store, "f", "inc");
    expect(await peek()).toBe(2);
  });

  it("is stored with an infinite score as the largest number there is", async () => {
    const store = await stores.open();
    const episode = episodeOpened({ score: Number.POSITIVE_INFINITY });
    const infinite = openIncident({ id: "inc", fingerprint: "f", number: 1, episode });
    await store.transaction((tx) => insertIncident(tx, infinite, 1));
    const score = Number.MAX_VALUE;
    expect(await getIncident(store, "inc")).toMatchObject({ episode: { score } });
  });
});

describe("the list of incidents", () => {
  it("is filtered by the name or the key of a subject that is, or was, a member", async () => {
    const store = await stores.open();
    const named = async (subject: string): Promise<readonly number[]> =>
      (await listIncidents(store, { subject })).items.map(({ number }) => number);
    await store.transaction(async (tx) => {
      for (const [place, name] of ["a%2Fb", "b", "b"].entries()) {
        const key = `t/prod/s${place}/${name}`;
        const subject = { kind: "model", key } as const;
        const incident = openIncident({ id: key, fingerprint: key, number: place + 1, subject });
        await insertIncident(tx, incident, 1);
        await saveMember(tx, { incident: key, member: onlyMember(incident) });
      }
    });
    expect(await named("b")).toEqual([3, 2]);
    expect(await named("a/b")).toEqual([1]);
    expect(await named("t/prod/s1/b")).toEqual([2]);
    expect(await named("prod")).toEqual([]);
  });

  it("comes newest first, filtered, page by page", async () => {
    const store = await stores.open();
    for (let number = 1; number <= 5; number++) {
      const incident = openIncident({
        id: `i${number}`,
        number,
        fingerprint: `f${number}`,
        severity: number === 3 ? "P0" : "P1",
        state: number === 4 ? "resolved" : "open",
      });
      await store.transaction((tx) => insertIncident(tx, incident, number));
    }
    const first = await listIncidents(store, { limit: 3 });
    expect([first.items.map((i) => i.number), first.next]).toEqual([[5, 4, 3], 3]);
    const rest = await listIncidents(store, { limit: 3, before: first.next ?? 0 });
    expect([rest.items.map((i) => i.number), rest.next]).toEqual([[2, 1], null]);
    const grave = await listIncidents(store, { severities: ["P0"] });
    expect(grave.items.map((i) => i.number)).toEqual([3]);
    const over = await listIncidents(store, { states: ["resolved"], kinds: ["silent"] });
    expect(over.items).toEqual([]);
    expect(await countOpenIncidents(store)).toEqual(
      new Map([
        ["P0", 1],
        ["P1", 3],
      ]),
    );
  });
});

async function journalWith(rows: number): Promise<Store> {
  const store = await stores.open();
  const append = (n: number): Promise<unknown> =>
    store.transaction((tx) =>
      appendJournal(tx, [
        {
          incident: `inc-${n % 3}`,
          kind: "episode_opened",
          atMs: n + 0.25,
          body: { n, b: 1, a: 2 },
        },
        {
          kind: "denied",
          atMs: n,
          body: { score: Number.POSITIVE_INFINITY, text: "\u0000\ud800🦞" },
        },
      ]),
    );
  await Promise.all(Array.from({ length: rows / 2 }, (_, n) => append(n)));
  return store;
}

describe("the journal", () => {
  it("is one chain, also when several transactions append at once", async () => {
    const store = await journalWith(40);
    expect(await verifyJournal(store)).toEqual({ ok: true, rows: 40 });
    const timeline = await journalOf(store, "inc-1");
    expect(timeline).toHaveLength(7);
    expect(timeline.map((row) => row.seq)).toEqual(
      timeline.map((row) => row.seq).toSorted((a, b) => a - b),
    );
  });

  it("has no row of a transaction that was rolled back", async () => {
    const store = await journalWith(4);
    const work = store.transaction(async (tx) => {
      await appendJournal(tx, [{ kind: "never", atMs: 1, body: null }]);
      throw new Error("rolled back");
    });
    await expect(work).rejects.toThrow("rolled back");
    expect(await verifyJournal(store)).toEqual({ ok: true, rows: 4 });
  });

  it.each([
    ["a body", "update journal set body = '{\"n\":8}' where seq = 5", 5],
    [
      "white space in a body",
      "update journal set body = (body::text || ' ')::json where seq = 5",
      5,
    ],
    ["a time", "update journal set at_ms = at_ms + 0.5 where seq = 5", 5],
    ["an incident", "update journal set incident = 'inc-9' where seq = 5", 5],
    ["a hash", "update journal set hash = repeat('0', 64) where seq = 5", 5],
    ["a row taken out", "delete from journal where seq = 5", 5],
    ["the newest row taken out", "delete from journal where seq = 12", 12],
    [
      "the newest row and the head's count",
      "with d as (delete from journal where seq = 12) update journal_head set seq = 11",
      11,
    ],
  ])("the journal notices when somebody changes %s", async (_name, tampering, seq) => {
    const store = await journalWith(12);
    await store.query(tampering);
    const reason = expect.stringMatching(/missing|changed|newest/);
    expect(await verifyJournal(store)).toEqual({ ok: false, seq, reason });
  });
});
