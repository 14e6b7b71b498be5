/** People talk with Driftwarden on a ticket: a real store, a Jira of its own, and whoever hears, carries out and answers. */
import { pino } from "pino";
import { Registry } from "prom-client";
import { onTestFinished } from "vitest";
import { type Clock, systemClock } from "../../src/clock.ts";
import { commandList } from "../../src/commands/index.ts";
import { commandsMetrics } from "../../src/commands/metrics.ts";
import { KnownPeople, type Person } from "../../src/commands/people.ts";
import { promiseAnswers } from "../../src/commands/ticket-answers.ts";
import { carryOutWaiting } from "../../src/commands/worker.ts";
import type { Digest } from "../../src/incidents/digest.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { recordEvents } from "../../src/incidents/record-events.ts";
import { Accounts } from "../../src/sandbox/jira/accounts.ts";
import type { SandboxComment } from "../../src/sandbox/jira/issue.ts";
import {
  type JiraSandbox,
  type JiraSandboxOptions,
  startJiraSandbox,
} from "../../src/sandbox/jira/server.ts";
import { saveAccountNames } from "../../src/store/commands/account-names.ts";
import { insertCommand } from "../../src/store/commands/command.ts";
import { type Right, setRights } from "../../src/store/commands/rights.ts";
import { incidentByNumber } from "../../src/store/incidents/by-number.ts";
import {
  incidentsOfTickets,
  openWithTicket,
  talkedOnSince,
} from "../../src/store/incidents/with-ticket.ts";
import type { Store } from "../../src/store/store.ts";
import { answerExecutor } from "../../src/tickets/answering.ts";
import { TicketDoor } from "../../src/tickets/door.ts";
import { ticketExecutor } from "../../src/tickets/executor.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";
import type { TicketTalk } from "../../src/tickets/talk.ts";
import { createTicketing } from "../../src/tickets/ticketing.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { askAs } from "../sandbox/jira/ask.ts";
import { openExample, token } from "../tickets/jira/open-example.ts";
import { allDone, outboxOf } from "./effects.ts";
import { until } from "./eventually.ts";
import { orderKeyOf } from "./executors.ts";
import { silent } from "./store.ts";

const hour = 3_600_000;
const severities: Readonly<Record<string, "P0" | "P1" | "P2">> = { High: "P1", Low: "P2" };
const users: NonNullable<JiraSandboxOptions["users"]> = [
  { name: "bot", token, displayName: "Driftwarden" },
  { name: "sarah", token: "token", displayName: "Sarah" },
  { name: "eve", token: "token", displayName: "Sarah" },
  { name: "tom", token: "token", displayName: "Tom" },
];
/** As Data Center names the second of the accounts. */
export const sarah = "JIRAUSER10101";
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

/** Somebody whom the configuration names, beside an account of theirs that exists in Jira. */
export interface ConfiguredPerson {
  readonly name: string;
  /** Default: all of them. */
  readonly roles?: readonly string[];
  /** Since when the rights count, ms since 1970. Default: long ago. */
  readonly sinceMs?: number;
}

const usually: readonly ConfiguredPerson[] = [
  { name: "sarah" },
  { name: "tom", roles: ["responder"] },
];
const everyRole = ["responder", "commander"];

export interface TalkingOptions extends JiraSandboxOptions {
  /** Added to the usual ones, who have the places before them. */
  readonly users?: NonNullable<JiraSandboxOptions["users"]>;
  readonly people?: readonly ConfiguredPerson[];
  /** Given what ends it. Default: it ends with the test. */
  readonly atEnd?: (end: () => Promise<void>) => void;
}

/** What reads comments and carries them out, as one process does. */
export interface TalkingDaemon {
  readonly look: () => Promise<void>;
  readonly carryOut: () => Promise<void>;
  /** Promises the answers as if it were this time. */
  readonly answer: (atMs: number) => Promise<void>;
}

export interface Talking {
  readonly store: Store;
  readonly sandbox: JiraSandbox;
  readonly talk: TicketTalk;
  readonly comments: () => readonly SandboxComment[];
  /** Our own comments. */
  readonly answers: () => readonly SandboxComment[];
  readonly say: (as: string, body: string) => Promise<unknown>;
  readonly hear: () => Promise<void>;
  /** Another process, which remembers nothing. Default: on the store and Jira as they are. */
  readonly daemon: (parts?: DaemonParts) => TalkingDaemon;
  /** Sarah deletes her comments. Each new process reads those that are there. */
  readonly forget: () => Promise<void>;
  /** Longer than a bulk edit takes. */
  readonly wait: () => void;
  /** What is done to the ticket, noticed and waited for as long as a bulk edit takes. */
  readonly act: (as: string, line: string, body: unknown) => Promise<void>;
  readonly incident: () => Promise<Incident | Digest | undefined>;
  /** As if it were so long ago, so that a later answer has a comment of its own. */
  readonly answer: (agoMs?: number) => Promise<void>;
  readonly settled: () => Promise<void>;
}

/** An incident with a ticket, somebody who may talk about it, and whoever hears, carries out and answers. */
export async function talking(
  store: Store,
  {
    users: more = [],
    people: configured = usually,
    atEnd = onTestFinished,
    ...jira
  }: TalkingOptions = {},
): Promise<Talking> {
  const all = [...users, ...more];
  const sandbox = await startJiraSandbox({ ...jira, users: all });
  const accountOf = accountsOf(all, jira.deployment);
  const tracker = openExample(sandbox.url);
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
  atEnd(async () => {
    await outbox.stop();
    await sandbox.stop();
  });
  await giveRights(store, configured, accountOf);
  const people = new KnownPeople(configured.map((one) => personOf(one, accountOf(one.name))));
  const event = episodeOpened({ at: Date.now() * 1000, newestRow: Date.now() * 1000 });
  await store.transaction((tx) => recordEvents(tx, [{ event }], recording));
  await until(async () => sandbox.issues().length === 1 && (await allDone(store)));
  const time = { aheadMs: 0 };
  const clock = { ...systemClock, now: () => Date.now() + time.aheadMs };
  const itself = daemonOf({ store, talk: tracker.talk }, { clock, people });
  const comments = () => sandbox.issues()[0]?.comments ?? [];
  return {
    store,
    sandbox,
    comments,
    answers: () => comments().filter(({ author }) => author === "bot"),
    say: (as: string, body: string) =>
      askAs(sandbox, "POST /issue/IR-1/comment", { as, body: { body } }),
    hear: async () => {
      await itself.look();
      await itself.carryOut();
    },
    daemon: (wrapped = { store, talk: tracker.talk }) => daemonOf(wrapped, { clock, people }),
    talk: tracker.talk,
    forget: async () => {
      const said = comments().filter(({ author }) => author === "sarah");
      for (const { id } of said)
        await askAs(sandbox, `DELETE /issue/IR-1/comment/${id}`, { as: "sarah" });
    },
    wait: () => {
      time.aheadMs += 20_000;
    },
    act: async (as: string, line: string, body: unknown) => {
      await askAs(sandbox, line, { as, body });
      await itself.look();
      time.aheadMs += 20_000;
      await itself.look();
      await itself.carryOut();
    },
    incident: async () => (await incidentByNumber(store, 1))?.incident,
    answer: (agoMs = 0) => promiseAnswers(store, Date.now() - agoMs),
    settled: () => until(async () => (await unsaid(store)) === 0),
  };
}

export interface DaemonParts {
  readonly store: Store;
  readonly talk: TicketTalk;
}

/** How the deployment identifies the account of this login name. */
function accountsOf(
  known: NonNullable<JiraSandboxOptions["users"]>,
  deployment: JiraSandboxOptions["deployment"],
): (name: string) => string {
  const accounts = new Accounts(known);
  const id = deployment === "Cloud" ? "accountId" : "key";
  return (name) => accounts.named(name)[id];
}

/** A right that is there keeps its time, so those that came first are given first. */
async function giveRights(
  store: Store,
  configured: readonly ConfiguredPerson[],
  accountOf: (name: string) => string,
): Promise<void> {
  const rights: Right[] = [];
  for (const one of configured.toSorted((a, b) => (a.sinceMs ?? 1000) - (b.sinceMs ?? 1000))) {
    const { name, roles = everyRole, sinceMs = 1000 } = one;
    rights.push(...["known", ...roles].map((role) => ({ handle: accountOf(name), role })));
    await store.transaction((tx) => setRights(tx, rights, sinceMs));
  }
}

function personOf({ name, roles }: ConfiguredPerson, account: string): Person {
  const scopes = ["read", "propose", "act"] as const;
  return { name, account, roles, timeZone: "UTC", scopes, machine: false };
}

interface Hearing {
  readonly clock: Clock;
  readonly people: KnownPeople;
}

function daemonOf({ store, talk }: DaemonParts, { clock, people }: Hearing): TalkingDaemon {
  const door = new TicketDoor({
    talk,
    clock,
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
  return {
    look: () => door.look(),
    carryOut: () => carryOutWaiting(carrying),
    answer: (atMs: number) => promiseAnswers(store, atMs),
  };
}

/** What the ticket is still to be told. Timers have time. */
async function unsaid(store: Store): Promise<number> {
  const [row] = await store.query<{ count: number }>(unsaidSql);
  return row?.count ?? 0;
}

const unsaidSql = `select count(*)::int as count from outbox
  where effect ->> 'kind' like 'ticket.%' and effect ->> 'kind' <> 'ticket.reopen' and status <> 'done'`;
