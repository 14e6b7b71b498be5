/** A command and what happens at the same time in a real store: an event about the same source, or a full disk. */
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { carryOutWaiting } from "../../src/commands/worker.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import { scopeKey, sourceScope } from "../../src/incidents/subject.ts";
import type { CommandAnswer } from "../../src/messages/answer.ts";
import { modelName } from "../../src/model-key.ts";
import { answerOf, insertCommand } from "../../src/store/commands/command.ts";
import { listIncidents } from "../../src/store/incidents/list.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import {
  answered,
  comment,
  theIncident,
  withIncidentIn,
  worker,
} from "../programs/command-store.ts";
import { until } from "../programs/eventually.ts";
import { withStore } from "../programs/store.ts";

const stores = withStore();
const waitingSql = "select from pg_locks where locktype = 'advisory' and not granted";
const locked = (scope: string): string =>
  `select pg_try_advisory_xact_lock(hashtextextended('incidents of ${scope}', 0)) as mine`;

describe("a command about a source that goes on breaking", () => {
  it("silences by the clock of the store, which shows fractions, and what breaks meanwhile is recorded", async () => {
    const store = await withIncidentIn(await stores.open());
    const clock = { ...systemClock, now: () => Date.now() + 0.25 };
    const { recording, ...rest } = worker(store);
    await insertCommand(store, comment("dw silence 6h deploy"), Date.now());
    await carryOutWaiting({ ...rest, clock, recording: { ...recording, clock } });
    expect((await theIncident(store))?.silence?.untilMs).not.toBe(
      Math.floor((await theIncident(store))?.silence?.untilMs ?? 0),
    );
    const event = episodeOpened({ id: "e2", model: `${episodeOpened().model}-2` });
    await store.transaction((tx) => recordEvents(tx, [{ event }], { ...recording, clock }));
    const { items } = await listIncidents(store);
    expect(items.map(({ id }) => id)).toContain("inc-e2");
  });

  it("holds no lock for which an event waits, while it waits for that event's lock", async () => {
    const store = await withIncidentIn(await stores.open());
    await answered(store, comment("dw silence 6h deploy"));
    await insertCommand(store, comment("dw unsilence"), Date.now());
    const { model } = episodeOpened();
    const source = sourceScope({ kind: "model", key: model });
    let working: Promise<void> = Promise.resolve();
    const answers = await store.transaction(async (tx) => {
      // In the order of record-events.ts: the environment, then the source.
      const environment = await tx.query(locked(scopeKey(modelName(model))));
      working = carryOutWaiting(worker(store));
      await until(async () => (await store.query(waitingSql)).length > 0);
      return [...environment, ...(await tx.query(locked(source)))];
    });
    expect(answers).toEqual([{ mine: true }, { mine: true }]);
    await working;
    expect((await theIncident(store))?.silence).toBeUndefined();
  });
});

describe("a command in a store without disk space", () => {
  it("waits, and is carried out once there is space again", async () => {
    const store = await withIncidentIn(await stores.open());
    const said = comment("dw ack");
    await insertCommand(store, said, Date.now());
    await store.query(
      `create function no_space() returns trigger language plpgsql as
         $$ begin raise exception 'no space left' using errcode = 'disk_full'; end $$`,
    );
    await store.query(
      "create trigger no_space before insert on journal for each row execute function no_space()",
    );
    await expect(carryOutWaiting(worker(store))).rejects.toThrow("no space left");
    const answer = async () =>
      (await answerOf<CommandAnswer>(store, `ticket:${said.message}`))?.answer;
    expect(await answer()).toBeUndefined();
    await store.query("drop trigger no_space on journal");
    await carryOutWaiting(worker(store));
    expect(await answer()).toMatchObject({ done: true });
  });
});
