/** FR-J2 on a real store and a Jira of its own: a ticket that people close or delete while something is broken. */
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { timerExecutor } from "../../src/incidents/executor.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import { startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { getIncident } from "../../src/store/incidents/incident.ts";
import { watchedTickets } from "../../src/store/incidents/watched.ts";
import { createTicketLook } from "../../src/tickets/looking.ts";
import { lookOnce } from "../../src/tickets/watch.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { allDone, outboxOf } from "../programs/effects.ts";
import { until } from "../programs/eventually.ts";
import { orderKeyOf } from "../programs/executors.ts";
import { productTickets } from "../programs/product-executors.ts";
import { silent, withStore } from "../programs/store.ts";
import { openExample } from "../tickets/jira/open-example.ts";

const stores = withStore();

const recording = {
  clock: systemClock,
  orderKeyOf,
  settings: {
    resolveAfterMs: 3_600_000,
    reopenDurationMs: 3_600_000,
    healthAfterMs: 3_600_000,
    closedByHandMs: 200,
    ticketed: true,
    fixesFor: () => [],
  },
};

async function place() {
  const store = await stores.open();
  const sandbox = await startJiraSandbox();
  const tracker = openExample(sandbox.url);
  const worker = outboxOf(store, [productTickets({ tracker }), timerExecutor], {
    recording,
    owner: "test-closed-by-hand",
  });
  worker.start();
  onTestFinished(async () => {
    await worker.stop();
    await sandbox.stop();
  });
  const look = createTicketLook(tracker, "driftwarden");
  return {
    store,
    sandbox,
    opens: async (id: string) => {
      const event = episodeOpened({ id, at: Date.now() * 1000, newestRow: Date.now() * 1000 });
      await store.transaction((tx) => recordEvents(tx, [{ event }], recording));
    },
    /** What a person does in Jira. */
    person: (line: string, body?: unknown) => {
      const [method = "", path = ""] = line.split(" ");
      return fetch(`${sandbox.url}/rest/api/2${path}`, {
        method,
        headers: { authorization: `Basic ${btoa("ann:token")}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    },
    looks: () =>
      lookOnce({
        look,
        watched: () => watchedTickets(store, orderKeyOf("ticket.open")),
        record: (incident, event) =>
          store.transaction((tx) => recordEvents(tx, [{ event, incident }], recording)),
        mayLook: async () => true,
        clock: systemClock,
        logger: silent,
      }),
  };
}

const close = { transition: { id: "31" } };

describe("a ticket that people close while the model is broken", () => {
  it("FR-J2: is told that it stays closed, and is open again when that time is over", async () => {
    const { store, sandbox, opens, person, looks } = await place();
    await opens("e1");
    await until(async () => sandbox.issues().length === 1 && (await allDone(store)));
    await looks();
    expect(sandbox.issues()[0]?.comments).toEqual([]);
    await person("POST /issue/IR-1/transitions", close);
    await looks();
    await until(async () => sandbox.issues()[0]?.comments.length === 1);
    expect(sandbox.issues()[0]?.comments[0]?.body).toContain("It stays closed until");
    await until(async () => sandbox.issues()[0]?.status.name === "To Do");
    await until(() => allDone(store));
    // Opened, closed by a person, answered, opened again: that mails, so no comment says it as well.
    expect(sandbox.issues()).toMatchObject([{ comments: [{}] }]);
    expect(sandbox.mails("IR-1")).toBe(4);
    const [watched] = await watchedTickets(store, orderKeyOf("ticket.open"));
    const incident = await getIncident(store, watched?.incident ?? "");
    expect(incident).not.toHaveProperty("closedByHand");
  });

  it("FR-J2: is followed by a linked one when it is deleted", async () => {
    const { store, sandbox, opens, person, looks } = await place();
    await opens("e1");
    await until(async () => sandbox.issues().length === 1 && (await allDone(store)));
    await person("DELETE /issue/IR-1");
    await looks();
    await until(async () => sandbox.issues().length === 1 && (await allDone(store)));
    expect(sandbox.issues()).toMatchObject([{ key: "IR-2", status: { name: "To Do" } }]);
    expect(sandbox.issues()[0]?.description).toContain("This goes on from");
  });
});
