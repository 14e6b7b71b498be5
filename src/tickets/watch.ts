/**
 * Notices what people, workflows and deletions do to tickets of which something is still broken. It only
 * reports what it saw; the reducer decides what follows.
 */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { TicketObserved } from "../incidents/event.ts";
import type { TicketFate, TicketLook } from "./looking.ts";

export interface WatchedIncident {
  readonly incident: string;
  /** Id of the ticket. */
  readonly ticket: string;
  /** The newest episode. */
  readonly episode: string;
}

export interface TicketWatchOptions {
  readonly look: TicketLook;
  /** Incidents whose ticket should be open, and for whose ticket no effect waits. */
  readonly watched: () => Promise<readonly WatchedIncident[]>;
  /** Records what was seen. */
  readonly record: (incident: string, event: TicketObserved) => Promise<void>;
  /** Whether this process is the one that looks, and the tracker is not known to be unavailable. */
  readonly mayLook: () => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a ticket that was closed by hand stays closed. Looks are at least this frequent. */
  readonly closedByHandMs?: number;
}

/** Thirty searches an hour for a hundred open tickets, none when nothing is broken. */
const usuallyEveryMs = 120_000;
/** One search shows a hundred tickets. Above 500 tickets looks are rarer, so there are at most 150 searches an hour. */
const perSearch = 100;
const leastPerSearchMs = 24_000;
const atMostEveryMs = 1000;

/** Looks until the signal aborts. */
export async function watchTickets(
  options: TicketWatchOptions,
  stopping: AbortSignal,
): Promise<void> {
  const { clock, logger, closedByHandMs = Infinity } = options;
  let watched = 0;
  let failed = false;
  while (!stopping.aborted) {
    try {
      watched = await lookOnce(options);
      failed = false;
    } catch (err) {
      // The outbox notices by itself that the tracker is unavailable, and reports it.
      if (!failed) logger.warn({ err }, "looking at open tickets failed; it is tried again");
      failed = true;
    }
    const usualMs = Math.max(usuallyEveryMs, Math.ceil(watched / perSearch) * leastPerSearchMs);
    await clock.sleep(Math.max(atMostEveryMs, Math.min(usualMs, closedByHandMs)), stopping);
  }
}

/** One look at all of them. @returns how many they were */
export async function lookOnce({
  look,
  watched,
  record,
  mayLook,
}: TicketWatchOptions): Promise<number> {
  if (!(await mayLook())) return 0;
  const incidents = await watched();
  if (incidents.length === 0) return 0;
  const fates = await look(incidents.map(({ ticket }) => ticket));
  for (const { incident, ticket, episode } of incidents) {
    const as = observed(fates.get(ticket));
    if (as !== undefined) await record(incident, { type: "ticket_seen", ticket, as, episode });
  }
  return incidents.length;
}

/** That people will not fix something is their decision, and is not reported. */
function observed(fate: TicketFate | undefined): TicketObserved["as"] | undefined {
  return fate === "closed" || fate === "gone" ? fate : undefined;
}
