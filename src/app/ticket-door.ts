/** Starts to read what people say on tickets, and to answer them there. */

import { deny } from "../commands/deny.ts";
import { askedIn } from "../commands/grammar.ts";
import { commandList } from "../commands/index.ts";
import { promiseAnswers } from "../commands/ticket-answers.ts";
import type { Config } from "../config/schema.ts";
import type { Health } from "../health.ts";
import { healthOf } from "../health.ts";
import { type Severity, severities } from "../incidents/episode.ts";
import { saveAccountNames } from "../store/commands/account-names.ts";
import { insertCommand } from "../store/commands/command.ts";
import {
  incidentsOfTickets,
  openWithTicket,
  talkedOnSince,
} from "../store/incidents/with-ticket.ts";
import { acquireLease } from "../store/leases/lease.ts";
import { TicketDoor } from "../tickets/door.ts";
import type { DoorStore } from "../tickets/door-store.ts";
import { GroupRoles } from "../tickets/group-roles.ts";
import { answerOnTickets, listenToTickets } from "../tickets/listening.ts";
import type { TicketsMetrics } from "../tickets/metrics.ts";
import type { Ticketing } from "../tickets/ticketing.ts";
import { knownPeople } from "./commands.ts";
import type { StoredParts } from "./parts.ts";

interface DoorParts {
  readonly ticketing: Ticketing | undefined;
  readonly outbox: { dependencyHealth(name: string): Health };
  readonly metrics: TicketsMetrics;
}

/** Longer than the time between two looks, so the process that reads keeps the lease. */
const leaseMs = 45_000;
/** At most this many tickets with recent commands are read directly, without a search. */
const talkingLimit = 20;

export function buildTicketDoor(
  parts: StoredParts,
  { ticketing, outbox, metrics }: DoorParts,
): void {
  const talk = ticketing?.talk;
  if (talk === undefined) return;
  const { clock, config, lifecycle, logger, health } = parts;
  const onlyAssignable = Object.keys(config.people).length === 0;
  const severityOf = severityOfPriority(config);
  const store = doorStore(parts);
  const tickets = logger.child({ component: "tickets" });
  const groups = config.jira?.groups ?? {};
  const byGroup = new GroupRoles({ talk, groups, clock, logger: tickets });
  const rolesOf = (account: string) => byGroup.of(account);
  const door = new TicketDoor({
    talk,
    store,
    clock,
    onlyAssignable,
    severityOf,
    rolesOf,
    overrules,
    onHeard: (by) => metrics.comments.inc({ by }),
    hasRoom: () => ticketing?.hasRoom() ?? true,
  });
  const stopping = new AbortController();
  let failure: string | undefined;
  const options = {
    door,
    onLook: (reason: string | undefined) => {
      failure = reason;
    },
    mayLook: async () => outbox.dependencyHealth("tracker").ok && (await isReader(parts)),
    onHint: (hinted: (ticket: string) => void) =>
      // An empty payload means that the connection is new and notifications may have been missed.
      parts.store.listen("tickets", (ticket) => void (ticket !== "" && hinted(ticket))),
    answer: () => promiseAnswers(parts.store, clock.now()),
    onAnswers: (answered: () => void) => parts.store.listen("commands", answered),
    clock,
    logger: tickets,
  };
  health.register("comments", () => healthOf(failure ?? door.degraded));
  const working = Promise.all([
    listenToTickets(options, stopping.signal),
    answerOnTickets(options, stopping.signal),
  ]);
  lifecycle.onStop("ticket comments", async () => {
    stopping.abort();
    await working;
  });
}

/** Whether this process, of all that run, is the one that reads comments. */
async function isReader({ store, owner }: StoredParts): Promise<boolean> {
  return (await acquireLease(store, { name: "comments", owner, ttlMs: leaseMs })) !== undefined;
}

/** Whether one of its lines declines a run. */
const overrules = (said: string): boolean =>
  askedIn(said, commandList).some(({ command }) => command === deny);

/** The severity that a priority stands for. Undefined when two severities have that priority. */
function severityOfPriority({ jira }: Config): (priority: string) => Severity | undefined {
  const known = jira?.priorities;
  return (priority) => {
    const meant = severities.filter((severity) => known?.[severity] === priority);
    return meant.length === 1 ? meant[0] : undefined;
  };
}

function doorStore({ store, clock, config }: StoredParts): DoorStore {
  const people = knownPeople(config);
  return {
    openTickets: () => openWithTicket(store),
    incidentsOf: (tickets) => incidentsOfTickets(store, tickets),
    talkedOnSince: (sinceMs) => talkedOnSince(store, sinceMs, talkingLimit),
    handIn: async ({ names, ...command }) => {
      const nowMs = clock.now();
      // Saved before the command, so the names are there when it is carried out.
      await saveAccountNames(store, people.shownNames(names), nowMs);
      await insertCommand(store, command, nowMs);
    },
  };
}
