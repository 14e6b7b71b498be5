/** FR-J3 on a real store: a Jira that is ill for a moment, and what it has soon after it is well. */
import { expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { timerExecutor } from "../../src/incidents/executor.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import { startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { outboxOf } from "../programs/effects.ts";
import { msUntil, until } from "../programs/eventually.ts";
import { orderKeyOf } from "../programs/executors.ts";
import { productTickets } from "../programs/product-executors.ts";
import { withStore } from "../programs/store.ts";
import { openExample } from "../tickets/jira/open-example.ts";

const stores = withStore();
const hour = 3_600_000;
const settings = {
  resolveAfterMs: hour,
  reopenDurationMs: hour,
  healthAfterMs: hour,
  ticketed: true,
  fixesFor: () => [],
};
const recording = { clock: systemClock, orderKeyOf, settings };

it("FR-J3: a Jira that refused logins has each ticket once, within 30 s of being well", async () => {
  const store = await stores.open();
  const sandbox = await startJiraSandbox();
  const tickets = productTickets({ tracker: openExample(sandbox.url) });
  const options = { recording, owner: "test-jira-ill" };
  const worker = outboxOf(store, [tickets, timerExecutor], options);
  onTestFinished(async () => {
    await worker.stop();
    await sandbox.stop();
  });
  sandbox.ill("unauthorized");
  worker.start();
  for (const n of [1, 2, 3, 4, 5]) {
    const at = Date.now() * 1000;
    const event = episodeOpened({ id: `e${n}`, model: `t/e/s${n}/m`, at, newestRow: at });
    await store.transaction((tx) => recordEvents(tx, [{ event }], recording));
  }
  await until(async () => !worker.dependencyHealth("tracker").ok);
  sandbox.ill(undefined);
  const tookMs = await msUntil(() => sandbox.issues().length === 5, 60_000);
  expect(tookMs).toBeLessThan(30_000);
  expect(worker.dependencyHealth("tracker")).toEqual({ ok: true });
  expect(sandbox.ledger.filter(({ what }) => what === "issue_created")).toHaveLength(5);
});
