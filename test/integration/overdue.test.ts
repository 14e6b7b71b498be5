/** Tickets that the tracker does not confirm, and questions that nobody answers, on a real store. */
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { type RecordOptions, recordEvents } from "../../src/incidents/record-events.ts";
import { notify } from "../../src/store/notify.ts";
import { listOverdue } from "../../src/store/outbox/overdue.ts";
import { promiseAnew } from "../../src/store/outbox/promise-anew.ts";
import type { Store } from "../../src/store/store.ts";
import { alertmanager } from "../../src/tickets/alertmanager/alertmanager.ts";
import { alertExecutor } from "../../src/tickets/alertmanager/executor.ts";
import { alertOf, type Overdue, ticketOverdueMs } from "../../src/tickets/overdue.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { allDone, outboxOf } from "../programs/effects.ts";
import { until } from "../programs/eventually.ts";
import { orderKeyOf } from "../programs/executors.ts";
import { proposedAndApproved } from "../programs/proposals.ts";
import { withStore } from "../programs/store.ts";
import { hostileServer } from "../tickets/jira/hostile-server.ts";

const stores = withStore();
const hour = 3_600_000;
const recording: RecordOptions = {
  clock: systemClock,
  orderKeyOf,
  settings: {
    resolveAfterMs: hour,
    reopenDurationMs: hour,
    healthAfterMs: hour,
    ticketed: true,
    fixesFor: () => [],
  },
};

async function broken(): Promise<Store> {
  const store = await stores.open();
  const at = systemClock.now() * 1000;
  const event = episodeOpened({ id: "e1", model: "t/e/s/m", at, newestRow: at });
  await store.transaction((tx) => recordEvents(tx, [{ event }], recording));
  return store;
}

const after = (store: Store, ms: number): Promise<readonly Overdue[]> =>
  listOverdue(store, { nowMs: systemClock.now() + ms, ticketMs: ticketOverdueMs });
const later = (store: Store): Promise<readonly Overdue[]> => after(store, 2 * ticketOverdueMs);
const byId = (store: Store, id: string | undefined): Promise<readonly Overdue[]> =>
  listOverdue(store, {
    nowMs: systemClock.now() + 2 * ticketOverdueMs,
    ticketMs: ticketOverdueMs,
    id,
  });
const change = (store: Store, sql: string): Promise<unknown> => store.query(sql);
/** How many alerts were told and wait to be told again. */
async function told(store: Store): Promise<number> {
  const waits = await store.query(
    "select 1 from outbox where lane = 'alertmanager' and status = 'pending' and last_error like 'told;%'",
  );
  return waits.length;
}
const inDocument = (key: string, value: string): string =>
  `update incidents set document = (document::jsonb || '{"${key}": ${value}}')::json`;

describe("a ticket is overdue", () => {
  it("when it is not confirmed five minutes after it was promised", async () => {
    const store = await broken();
    expect(await after(store, 0)).toEqual([]);
    expect(await later(store)).toMatchObject([{ what: "ticket", subject: { number: 1 } }]);
    const [ticket] = await later(store);
    expect(await byId(store, ticket?.id)).toEqual([ticket]);
    expect(await byId(store, "another")).toEqual([]);
    await change(store, "update outbox set status = 'done'");
    expect(await later(store)).toEqual([]);
  });

  it("when its promise was given up, for as long as the incident goes on", async () => {
    const store = await broken();
    await change(store, "update outbox set status = 'dead', last_error = 'refused'");
    expect(await later(store)).toMatchObject([{ detail: "refused" }]);
    await change(store, "update incidents set state = 'resolved'");
    expect(await later(store)).toEqual([]);
  });

  it.each([
    ["the digest tells of it", "inSummary", "true"],
    ["a silence keeps it back", "heldBack", "true"],
    ["it became a part of another incident", "partOf", '"inc-other"'],
  ])("not when %s", async (_why, key, value) => {
    const store = await broken();
    await change(store, inDocument(key, value));
    expect(await later(store)).toEqual([]);
  });
});

describe("a question is overdue", () => {
  it("when nobody answered until its own deadline, until somebody does something to the incident", async () => {
    const store = await stores.open();
    const { place } = await proposedAndApproved(store);
    expect((await later(store)).filter(({ what }) => what === "question")).toEqual([]);
    // As it ends when nobody said yes.
    await change(
      store,
      `update incidents set document = jsonb_set(jsonb_set(jsonb_set(document::jsonb,
        '{runs,0,status}', '"void"'), '{runs,0,detail}', '"Nobody answered in time."'),
        '{people,lastAtMs}', '0')::json`,
    );
    const [run] = (await place.incident()).runs;
    const questions = async () => (await later(store)).filter(({ what }) => what === "question");
    expect(await questions()).toMatchObject([
      { id: `${run?.id}:${run?.proposal?.id}`, detail: run?.proposal?.id },
    ]);
    expect(await byId(store, `${run?.id}:${run?.proposal?.id}`)).toEqual(await questions());
    await change(
      store,
      `update incidents set document = jsonb_set(document::jsonb, '{people,lastAtMs}', '9e15')::json`,
    );
    expect(await questions()).toEqual([]);
  });
});

it("an Alertmanager that was away is told of an overdue ticket once it is back, when it is over, and when it comes back", async () => {
  const store = await broken();
  let up = false;
  /** Of each post that was taken, whether it says that the alert goes on. */
  const firing: boolean[] = [];
  const server = await hostileServer((response, _request, body) => {
    if (up) firing.push(Date.parse(JSON.parse(body)[0].endsAt) > Date.now());
    response.writeHead(up ? 200 : 503).end();
  });
  // An effect takes the place of the probe.
  const { probe: _none, ...executor } = alertExecutor({
    alertmanager: alertmanager({ url: server.url }),
    list: (id) => byId(store, id),
    clock: systemClock,
  });
  const worker = outboxOf(store, [executor], { recording, owner: "test-overdue" });
  onTestFinished(async () => {
    await worker.stop();
    await server[Symbol.asyncDispose]();
  });
  worker.start();
  const alerts = (await later(store)).map(alertOf);
  const due = { orderKey: "alertmanager", dueAtMs: 0, timer: true };
  const promise = () =>
    store.transaction((tx) =>
      promiseAnew(
        tx,
        alerts.map((alert) => ({ ...alert, ...due })),
        0,
      ),
    );
  await promise();
  await until(() => server.seen.length > 0);
  up = true;
  await until(async () => (await told(store)) === 1);
  // Promised again by the next look, or by another process, it is the same promise.
  await promise();
  await change(store, "update outbox set status = 'done' where effect ->> 'kind' = 'ticket.open'");
  await change(store, "update outbox set due_at_ms = 0 where status = 'pending'");
  await notify(store, "outbox");
  await until(() => firing.includes(false));
  expect(firing).toEqual([true, false]);
  await until(() => allDone(store));
  // As of an incident whose ticket was refused for good, and that breaks again after it had recovered.
  await change(store, "update outbox set status = 'dead' where effect ->> 'kind' = 'ticket.open'");
  await promise();
  await until(() => firing.length === 3);
  expect(firing).toEqual([true, false, true]);
});
