/** A storm on a real store and a Jira of its own: one incident says so, once, and is over by itself. */
import { expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { lookForStorm } from "../../src/healing/storm-watch.ts";
import { timerExecutor } from "../../src/incidents/executor.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import { startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { verifyJournal } from "../../src/store/journal/verify.ts";
import { episodeClosed, episodeOpened } from "../fakes/episodes.ts";
import { allDone, outboxOf } from "../programs/effects.ts";
import { until } from "../programs/eventually.ts";
import { orderKeyOf } from "../programs/executors.ts";
import { productTickets } from "../programs/product-executors.ts";
import { withStore } from "../programs/store.ts";
import { openExample } from "../tickets/jira/open-example.ts";

const stores = withStore();

const recording = {
  clock: systemClock,
  orderKeyOf,
  settings: {
    resolveAfterMs: 1,
    reopenDurationMs: 3_600_000,
    healthAfterMs: 3_600_000,
    ticketed: true,
    maxNewTickets: { count: 2, windowMs: 3_600_000 },
    fixesFor: () => [],
  },
};

it("a storm has one ticket, which lists what is broken, is outside the budget and closes at half", async () => {
  const store = await stores.open();
  const sandbox = await startJiraSandbox();
  const executors = [productTickets({ tracker: openExample(sandbox.url) }), timerExecutor];
  const worker = outboxOf(store, executors, { recording, owner: "test-storm" });
  worker.start();
  onTestFinished(async () => {
    await worker.stop();
    await sandbox.stop();
  });
  const models = ["m1", "m2", "m3", "m4"].map((name) => `default/production/${name}/${name}`);
  const tell = async (event: Parameters<typeof recordEvents>[1][number]["event"]) =>
    store.transaction((tx) => recordEvents(tx, [{ event }], recording));
  const look = () =>
    lookForStorm({ store, clock: systemClock, recording, limits: { targets: 2, models: 0.5 } });
  const storms = () => sandbox.issues().filter(({ summary }) => summary.includes("all fixes"));

  for (const [n, model] of models.entries()) {
    if (n < 3) await look();
    const at = Date.now() * 1000;
    await tell(episodeOpened({ id: `e${n}`, model, at, newestRow: at }));
  }
  await Promise.all([look(), look()]);
  await look();
  await until(async () => storms().length > 0 && (await allDone(store)));
  expect(storms()).toHaveLength(1);
  const [{ summary, description, key } = { summary: "", description: "", key: "" }] = storms();
  expect(summary).toBe("[P1] all fixes: held back, because much is broken at once");
  expect(description).toContain(
    "4 of 4 models are anomalous at once, 0 targets were asked for within 15m",
  );
  expect(description).toContain("default/production/m4/m4");
  expect(description).toContain(
    "once at most 1 model is anomalous and at most 1 target was asked for",
  );
  expect(description).toContain("holds every fix back until it is over");

  const close = (n: number) =>
    tell(
      episodeClosed({
        id: `c${n}`,
        episode: `e${n}`,
        model: models[n] ?? "",
        at: Date.now() * 1000,
      }),
    );
  await close(0);
  await close(1);
  await look();
  expect(await store.query("select state from incidents where id like 'inc-storm-%'")).toEqual([
    { state: "open" },
  ]);
  await close(2);
  await look();
  await until(async () => storms()[0]?.status.name === "Done" && (await allDone(store)));
  expect(storms()).toMatchObject([{ key }]);
  expect(await store.query("select from outbox where effect ->> 'kind' = 'run.start'")).toEqual([]);
  expect(await verifyJournal(store)).toMatchObject({ ok: true });
});
