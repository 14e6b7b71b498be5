/**
 * Carries out the ticket effects of the outbox. Without a tracker they count as done at once. The incident is in the
 * store nevertheless.
 */
import { isUnavailable } from "../errors.ts";
import { type Digest, isDigest } from "../incidents/digest.ts";
import type { TicketEffect } from "../incidents/effect.ts";
import type { IncidentExecutor } from "../incidents/executor.ts";
import type { Incident } from "../incidents/incident.ts";
import type { NotYet } from "../outbox/executor.ts";
import { lookedUpAfterRestore } from "./after-restore.ts";
import type { Ticketing, TicketUpdate } from "./ticketing.ts";

export interface TicketExecutorOptions {
  /** Undefined when no tracker is configured. */
  readonly ticketing: Ticketing | undefined;
  /** When the store was last restored from a backup, ms since 1970; undefined when it never was. */
  readonly restoredAtMs: () => number | undefined;
}

export function ticketExecutor({
  ticketing,
  restoredAtMs,
}: TicketExecutorOptions): IncidentExecutor<TicketEffect> {
  const { updated, updatedInTurn } = updating(ticketing);
  return {
    dependency: "tracker",
    orderKey: "ticket",
    isUnavailable,
    probe: async () => ticketing?.ping(),
    handlers: {
      "ticket.open": async (_effect, incident, given) => {
        const attempt = lookedUpAfterRestore(incident, given, restoredAtMs());
        // If a ticket may exist already, it has to be looked up.
        const isNotNeeded = !isDigest(incident) && needsNoTicket(incident) && !attempt.unknown;
        if (ticketing === undefined || isNotNeeded) return { events: [], contacted: false };
        const { ticket, events } = await ticketing.open(incident, attempt);
        const opened = events.some(({ type }) => type === "ticket_opened");
        return opened ? events : [{ type: "ticket_opened", ticket }, ...events];
      },
      "ticket.ensure": async (_effect, incident, attempt) =>
        (await ticketing?.ensure(incident, attempt))?.events ?? [],
      "ticket.update": ({ rise, quiet }, incident, attempt) =>
        updatedInTurn(incident, { rise, isQuiet: quiet === true, attempt }),
      "ticket.open_again": async (_effect, incident, attempt) => {
        await ticketing?.openAgain(incident, attempt);
        return [];
      },
      "ticket.assign": async ({ account }, incident, attempt) => {
        await ticketing?.assign(incident, account, attempt);
        return [];
      },
      "ticket.link": async ({ former }, incident, attempt) => {
        await ticketing?.link(incident, former, attempt);
        return [];
      },
      "ticket.repeat": (_effect, incident, attempt) => updated(incident, { attempt }),
      "ticket.comment": async ({ note }, incident, attempt) => {
        if (note.about === "joined") return updated(incident, { attempt });
        await ticketing?.note(incident, { note, id: attempt.id }, attempt);
        return [];
      },
      "ticket.resolve": async (_effect, incident, attempt) => {
        await ticketing?.resolve(incident, attempt);
        return [];
      },
    },
  };
}

function updating(ticketing: Ticketing | undefined) {
  const updated = async (incident: Incident | Digest, update: TicketUpdate) =>
    (await ticketing?.update(incident, update))?.events ?? [];
  return {
    updated,
    /** A rise of the severity is reported at once. */
    updatedInTurn: async (incident: Incident | Digest, update: TicketUpdate) =>
      update.rise === undefined && ticketing?.hasRoom() === false
        ? noRoom
        : updated(incident, update),
  };
}

const noRoom: NotYet = {
  notYet: "the tracker's rate of requests is nearly used up, and people are answered first",
  askAgainInMs: 5000,
  contacted: false,
};

/** A digest reports the incident, or the incident that it has become a part of does, or a silence holds it back. */
function needsNoTicket({ inDigest, partOf, heldBack }: Incident): boolean {
  return inDigest === true || partOf !== undefined || heldBack === true;
}
