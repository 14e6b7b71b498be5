/**
 * Reads the issue of an incident as the tracker shows it now, and records what was done to it in the metric and the
 * log.
 */
import type { Logger } from "pino";
import { type Digest, newestEpisode } from "../incidents/digest.ts";
import { isModelEpisode } from "../incidents/episode.ts";
import type { Incident, TicketRef } from "../incidents/incident.ts";
import type { TicketsMetrics } from "./metrics.ts";
import type { Ticketed, TicketedDigest } from "./reopening.ts";
import type { TicketChange, TicketOutcome } from "./ticket-change.ts";
import type { Issue, Tracker } from "./tracker.ts";

export interface TicketAccess {
  /** Counts and logs what became of a ticket. */
  readonly recorded: (incident: Incident | Digest, change: TicketChange) => TicketChange;
  /** @param act gets undefined when the issue is gone */
  readonly withTicket: (
    incident: Incident | Digest,
    act: (issue: Issue | undefined, incident: Ticketed | TicketedDigest) => Promise<TicketOutcome>,
  ) => Promise<TicketOutcome>;
  /** Does nothing when the issue is gone. */
  readonly onIssue: (
    incident: Incident | Digest,
    act: (issue: Issue) => Promise<TicketChange>,
  ) => Promise<TicketChange>;
}

interface AccessOptions {
  readonly tracker: Tracker;
  readonly logger: Logger;
  readonly metrics: TicketsMetrics;
}

export function ticketAccess({ tracker, logger, metrics }: AccessOptions): TicketAccess {
  const recorded: TicketAccess["recorded"] = (incident, change) => {
    metrics.changes.inc({ change });
    if (change !== "unchanged") {
      const fields = {
        incident: incident.number,
        ticket: incident.ticket?.key,
        change,
        ...(opening.has(change) && episodeFields(incident)),
      };
      logger[change === "gone" ? "warn" : "info"](fields, "ticket changed");
    }
    return change;
  };
  return {
    recorded,
    async withTicket(incident, act) {
      if (!hasTicket(incident)) return { change: recorded(incident, "no_ticket"), events: [] };
      const issue = await tracker.get(incident.ticket.id);
      const ticket = refOf(issue) ?? incident.ticket;
      const outcome = await act(issue, { ...incident, ticket });
      recorded(incident, outcome.change);
      const { id, key, url } = ticket;
      if (key === incident.ticket.key) return outcome;
      // The event keeps the new key, so that this is reported once.
      const told = { incident: incident.number, ticket: key, former: incident.ticket.key };
      logger.info(told, "ticket moved");
      const moved = { type: "ticket_moved", ticket: id, key, url } as const;
      return { ...outcome, events: [moved, ...outcome.events] };
    },
    async onIssue(incident, act) {
      if (!incident.ticket) return recorded(incident, "no_ticket");
      const issue = await tracker.get(incident.ticket.id);
      return recorded(incident, issue === undefined ? "gone" : await act(issue));
    },
  };
}

/** People may have moved it, which gives it another key. */
function refOf(issue: Issue | undefined): TicketRef | undefined {
  return issue && { id: issue.id, key: issue.key, url: issue.url };
}

function hasTicket(incident: Incident | Digest): incident is Ticketed | TicketedDigest {
  return incident.ticket !== undefined;
}

/** Changes by which people learn of an episode. */
const opening: ReadonlySet<TicketChange> = new Set(["created", "adopted", "reopened"]);

/** One line of the log by which an episode is found: whose, what, how bad, and in which ticket. */
function episodeFields(incident: Incident | Digest): Readonly<Record<string, unknown>> {
  const episode = newestEpisode(incident);
  const { kind } = episode;
  const { severity } = incident;
  if (!isModelEpisode(episode)) return { service: episode.service.name, kind, severity };
  const { model, features, score } = episode;
  return { model, kind, feature: features[0]?.feature, severity, score };
}
