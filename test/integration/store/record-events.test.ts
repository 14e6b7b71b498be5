import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src/clock.ts";
import { isDigest } from "../../../src/incidents/digest.ts";
import {
  type Happened,
  type RecordOptions,
  recordEvents,
} from "../../../src/incidents/record-events.ts";
import { listIncidents } from "../../../src/store/incidents/list.ts";
import { readJournal } from "../../../src/store/journal/read.ts";
import { verifyJournal } from "../../../src/store/journal/verify.ts";
import { listEffects } from "../../../src/store/outbox/inspect.ts";
import type { Store } from "../../../src/store/store.ts";
import { episodeClosed, episodeOpened } from "../../fakes/episodes.ts";
import { orderKeyOf } from "../../programs/executors.ts";
import { withStore } from "../../programs/store.ts";

const stores = withStore();

const hour = 3_600_000;
const options: RecordOptions = {
  clock: systemClock,
  orderKeyOf,
  settings: {
    ticketed: true,
    resolveAfterMs: hour,
    reopenDurationMs: hour,
    healthAfterMs: hour,
    fixesFor: () => [],
  },
};

/** Without a second try: two transactions that wait for each other fail. */
const record = (store: Store, happened: readonly Happened[]): Promise<void> =>
  store.transaction((tx) => recordEvents(tx, happened, options), { retries: 0 });

/** Opened long ago: when it closes nobody was told, so it goes into the digest. */
function openAndClose(model: string, round: number): readonly Happened[] {
  const id = `${model}-${round}`;
  const opened = episodeOpened({ id, model, at: (Date.now() - 2 * hour) * 1000 });
  return [opened, episodeClosed({ id: `c-${id}`, episode: id, model })].map((event) => ({ event }));
}

describe("events of several transactions at once", () => {
  it("wait for each other in one order, whatever the order of the events: no deadlock, one number each", async () => {
    const store = await stores.open();
    const models = ["a", "b", "c", "d"].map((name) => `t/prod/${name}/m`);
    const rounds = Array.from({ length: 24 }, (_, round) => {
      const order = round % 2 === 0 ? models : models.toReversed();
      return record(
        store,
        order.flatMap((model) => openAndClose(model, round)),
      );
    });
    await Promise.all(rounds);
    const { items } = await listIncidents(store);
    const numbers = items.map(({ number }) => number).toSorted((a, b) => a - b);
    expect(numbers).toEqual([1, 2, 3, 4, 5]);
    const digest = items.find(isDigest);
    expect(digest).toMatchObject({ state: "recovered", occurrences: 96 });
    for (const incident of items.filter((item) => !isDigest(item)))
      expect(incident).toMatchObject({ state: "resolved", inDigest: true, occurrences: 24 });
    expect(await verifyJournal(store)).toEqual({ ok: true, rows: 192 + 24 });
  });
});

describe("events of one transaction", () => {
  it("build on each other, in the order given", async () => {
    const store = await stores.open();
    const model = "t/prod/s/m";
    const at = Date.now() * 1000;
    const opened = episodeOpened({ id: "e1", model, at });
    const closed = episodeClosed({ id: "c1", episode: "e1", model });
    const again = episodeOpened({ id: "e2", model, at, kind: "silent" });
    await record(store, [{ event: opened }, { event: closed }, { event: again }]);
    const { items } = await listIncidents(store);
    expect(items).toMatchObject([
      { number: 1, state: "open", occurrences: 2, kinds: ["shift", "silent"] },
    ]);
    const effects = (await listEffects(store)).items.map(({ effect }) => effect.kind);
    expect(effects).toEqual(["ticket.open", "incident.settle"]);
    const journal = await readJournal(store, 0, 10);
    expect(journal.map(({ kind, incident }) => `${kind} ${incident}`)).toEqual([
      "episode_opened inc-e1",
      "episode_closed inc-e1",
      "episode_opened inc-e1",
      "rows_sealed null",
    ]);
  });

  it("that is about nothing known changes nothing and is in the journal all the same", async () => {
    const store = await stores.open();
    const quarantined = { type: "quarantined", id: "q", model: "m", at: 1, error: "x" } as const;
    await record(store, [{ event: quarantined }, { event: episodeClosed() }]);
    await record(store, [{ event: { type: "quiet_passed", episode: "e" }, incident: "gone" }]);
    expect((await listIncidents(store)).items).toEqual([]);
    const journal = await readJournal(store, 0, 10);
    expect(journal.map(({ kind, incident }) => [kind, incident])).toEqual([
      ["quarantined", null],
      ["episode_closed", null],
      ["quiet_passed", null],
    ]);
  });
});
