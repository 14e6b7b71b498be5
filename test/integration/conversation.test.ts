/** People talk with Driftwarden on a ticket: a real store, and a Jira of its own that loses what it is asked. */
import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { commandList } from "../../src/commands/index.ts";
import { commandsMetrics } from "../../src/commands/metrics.ts";
import { KnownPeople } from "../../src/commands/people.ts";
import { promiseAnswers } from "../../src/commands/ticket-answers.ts";
import { carryOutWaiting } from "../../src/commands/worker.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import { type JiraSandboxOptions, startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { saveAccountNames } from "../../src/store/commands/account-names.ts";
import { insertCommand } from "../../src/store/commands/command.ts";
import { setRights } from "../../src/store/commands/rights.ts";
import { incidentByNumber } from "../../src/store/incidents/by-number.ts";
import {
  incidentsOfTickets,
  openWithTicket,
  talkedOnSince,
} from "../../src/store/incidents/with-ticket.ts";
import { listEffects } from "../../src/store/outbox/inspect.ts";
import type { Store } from "../../src/store/store.ts";
import { answerExecutor } from "../../src/tickets/answering.ts";
import { TicketDoor } from "../../src/tickets/door.ts";
import { ticketExecutor } from "../../src/tickets/executor.ts";
import { spokenIn } from "../../src/tickets/jira/spoken.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";
import { createTicketing } from "../../src/tickets/ticketing.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { allDone, outboxOf } from "../programs/effects.ts";
import { until } from "../programs/eventually.ts";
import { orderKeyOf } from "../programs/executors.ts";
import { silent, withStore } from "../programs/store.ts";
import { askAs } from "../sandbox/jira/ask.ts";
import { openExample, token } from "../tickets/jira/open-example.ts";

const stores = withStore();
const hour = 3_600_000;
const severities: Readonly<Record<string, "P0" | "P1" | "P2">> = { High: "P1", Low: "P2" };
const users: NonNullable<JiraSandboxOptions["users"]> = [
  { name: "bot", token, displayName: "Driftwarden" },
  { name: "sarah", token: "token", displayName: "Sarah" },
  { name: "eve", token: "token", displayName: "Sarah" },
  { name: "tom", token: "token", displayName: "Tom" },
];
/** As Data Center names the second and the last of the accounts. */
const sarah = "JIRAUSER10101";
const tom = "JIRAUSER10103";
const recording = {
  clock: systemClock,
  orderKeyOf: (kind: string) => (kind === "ticket.answer" ? "answers" : orderKeyOf(kind)),
  settings: {
    ticketed: true,
    resolveAfterMs: hour,
    reopenDurationMs: hour,
    healthAfterMs: hour,
    ackForMs: 4 * hour,
    closedByHandMs: 4 * hour,
    fixesFor: () => [],
  },
};

const people = new KnownPeople([
  {
    name: "sarah",
    account: sarah,
    roles: undefined,
    timeZone: "UTC",
    scopes: ["read", "propose", "act"],
    machine: false,
  },
  {
    name: "tom",
    account: tom,
    roles: ["responder"],
    timeZone: "UTC",
    scopes: ["read", "propose", "act"],
    machine: false,
  },
]);

/** An incident with a ticket, somebody who may talk about it, and whoever hears, carries out and answers. */
async function place() {
  const store = await stores.open();
  const sandbox = await startJiraSandbox({ users });
  const tracker = openExample(sandbox.url, { deadlineMs: 2000 });
  const ticketing = createTicketing({
    tracker,
    talk: tracker.talk,
    clock: systemClock,
    logger: silent,
    metrics: ticketsMetrics(new Registry()),
    context: { priorities: { P0: undefined, P1: undefined, P2: undefined } },
  });
  const executors = [
    ticketExecutor({ ticketing, restoredAtMs: () => undefined }),
    answerExecutor(ticketing),
  ];
  const outbox = outboxOf(store, executors, { recording, owner: "test-conversation" });
  outbox.start();
  onTestFinished(async () => {
    await outbox.stop();
    await sandbox.stop();
  });
  const rights = [
    ...["known", "responder", "commander"].map((role) => ({ handle: sarah, role })),
    ...["known", "responder"].map((role) => ({ handle: tom, role })),
  ];
  await store.transaction((tx) => setRights(tx, rights, 1000));
  const event = episodeOpened({ at: Date.now() * 1000, newestRow: Date.now() * 1000 });
  await store.transaction((tx) => recordEvents(tx, [{ event }], recording));
  await until(async () => sandbox.issues().length === 1 && (await allDone(store)));
  let aheadMs = 0;
  const door = new TicketDoor({
    talk: tracker.talk,
    clock: { ...systemClock, now: () => Date.now() + aheadMs },
    severityOf: (priority) => severities[priority],
    store: {
      openTickets: () => openWithTicket(store),
      incidentsOf: (tickets) => incidentsOfTickets(store, tickets),
      talkedOnSince: (sinceMs) => talkedOnSince(store, sinceMs, 20),
      handIn: async ({ names, ...command }) => {
        await saveAccountNames(store, people.shownNames(names), Date.now());
        await insertCommand(store, command, Date.now());
      },
    },
  });
  const carrying = {
    store,
    people,
    commands: commandList,
    recording,
    clock: systemClock,
    logger: pino({ level: "silent" }),
    metrics: commandsMetrics(new Registry()),
  };
  const comments = () => sandbox.issues()[0]?.comments ?? [];
  return {
    store,
    sandbox,
    comments,
    answers: () => comments().filter(({ author }) => author === "bot"),
    say: (as: string, body: string) =>
      askAs(sandbox, "POST /issue/IR-1/comment", { as, body: { body } }),
    hear: async () => {
      await door.look();
      await carryOutWaiting(carrying);
    },
    /** What is done to the ticket, noticed and waited for as long as a bulk edit takes. */
    act: async (as: string, line: string, body: unknown) => {
      await askAs(sandbox, line, { as, body });
      await door.look();
      aheadMs += 20_000;
      await door.look();
      await carryOutWaiting(carrying);
    },
    incident: async () => (await incidentByNumber(store, 1))?.incident,
    /** As if it were so long ago, so that a later answer has a comment of its own. */
    answer: (agoMs = 0) => promiseAnswers(store, Date.now() - agoMs),
    settled: () => until(async () => (await unsaid(store)) === 0),
  };
}

/** What the ticket is still to be told. Timers have time. */
async function unsaid(store: Store): Promise<number> {
  const { items } = await listEffects(store);
  return items.filter(
    ({ effect: { kind }, status }) =>
      kind.startsWith("ticket.") && kind !== "ticket.reopen" && status !== "done",
  ).length;
}

describe("a conversation on a ticket", () => {
  it("is a comment, what it asks for, and one comment that answers all that was said meanwhile", async () => {
    const here = await place();
    await here.say("sarah", "Looking.\ndw ack\ndw aknowledge");
    await here.say("eve", "dw ack");
    await here.hear();
    await here.answer();
    await here.settled();
    await here.say("sarah", "dw status");
    await here.hear();
    await here.answer();
    await here.settled();
    const [answer, ...more] = here.answers();
    expect(more).toEqual([]);
    expect(answer?.body).toContain("sarah has this");
    expect(answer?.body).toContain("Not done, sarah: ");
    expect(answer?.body).toContain(
      String.raw`Not done, Sarah \(JIRAUSER10102\): this account is in nobody`,
    );
    expect(answer?.body).toContain("P1, open");
    expect(spokenIn(answer?.body ?? "")).toEqual([]);
    await here.hear();
    expect(
      (await listEffects(here.store)).items.filter(({ effect }) => effect.kind === "ticket.answer"),
    ).toHaveLength(2);
  });

  it.each([
    { answer: "drop", afterEffect: true },
    { answer: "late" },
    { answer: "doubled" },
  ] as const)("is answered once, whichever request of the answer meets this: %j", async (fault) => {
    const here = await place();
    const round = async (nth: number, met = () => undefined): Promise<number> => {
      await here.say("sarah", "dw status");
      await here.hear();
      const before = here.sandbox.ledger.length;
      if (nth > 1) here.sandbox.fault({ ...fault, after: nth - 2, onMet: met });
      await here.answer(10 * hour - nth * 120_000);
      await here.settled();
      expect([nth, here.answers().length]).toEqual([nth, nth + 1]);
      return here.sandbox.ledger.length - before;
    };
    await round(0);
    const requests = await round(1);
    expect(requests).toBe(3);
    let met = 0;
    for (let nth = 2; nth < 2 + requests; nth += 1) await round(nth, () => void (met += 1));
    expect(met).toBe(requests);
  });
});

describe("acting on the ticket in Jira itself", () => {
  const closing = ["POST /issue/IR-1/transitions", { transition: { id: "31" } }] as const;
  const weighing = ["PUT /issue/IR-1", { fields: { priority: { name: "Low" } } }] as const;

  it("is the command of that person, without a word where it is theirs to do", async () => {
    const here = await place();
    await here.act("sarah", "PUT /issue/IR-1/assignee", { name: "sarah" });
    await here.act("sarah", ...weighing);
    await here.answer();
    await here.settled();
    expect(await here.incident()).toMatchObject({
      severity: "P2",
      people: { assignee: { name: "sarah", account: sarah } },
    });
    expect(here.sandbox.issues()[0]?.labels).toContain("P2");
    await here.act("tom", "PUT /issue/IR-1/assignee", { name: null });
    await here.settled();
    expect(await here.incident()).not.toHaveProperty("people.assignee");
    expect(here.answers()).toEqual([]);
  });

  it("is refused with the reason where the role is lacking, changes nothing, and stays in Jira", async () => {
    const here = await place();
    await here.act("eve", ...weighing);
    await here.answer();
    expect(here.answers()).toEqual([]);
    await here.act("tom", "PUT /issue/IR-1", { fields: { priority: { name: "High" } } });
    await here.act("tom", ...weighing);
    await here.answer();
    await here.settled();
    expect(await here.incident()).toMatchObject({ severity: "P1" });
    const [answer, ...more] = here.answers();
    expect(more).toEqual([]);
    expect(answer?.body).toContain("which you do not have. sarah can say it.");
    expect(answer?.body).toContain("The priority stays as it was set");
    expect(here.sandbox.issues()[0]?.priority).toBe("Low");
  });

  it("closing it while something is broken is answered once, and left for the usual time", async () => {
    const here = await place();
    await here.act("sarah", ...closing);
    await here.answer();
    await here.settled();
    const [answer, ...more] = here.answers();
    expect(more).toEqual([]);
    expect(answer?.body).toContain("It stays closed for 4h");
    expect(spokenIn(answer?.body ?? "")).toEqual([]);
    expect(await here.incident()).toMatchObject({ closedByHand: {} });
    await here.act("sarah", "POST /issue/IR-1/transitions", { transition: { id: "41" } });
    expect(await here.incident()).not.toHaveProperty("closedByHand");
    await here.settled();
    expect(here.answers()).toHaveLength(1);
    expect(here.sandbox.issues()[0]?.status.name).toBe("To Do");
  });
});
