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
  /** Those whose ticket should be open, and to whose ticket nothing is still to be done. */
  readonly watched: () => Promise<readonly WatchedIncident[]>;
  /** Records what was seen. */
  readonly record: (incident: string, event: TicketObserved) => Promise<void>;
  /** Whether this process is the one that looks, and the tracker is not known to be away. */
  readonly mayLook: () => Promise<boolean>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** How long a ticket that somebody closed by hand stays closed: who looks more seldom keeps it closed for longer. */
  readonly closedByHandMs?: number;
}

/** Thirty searches an hour for a hundred open tickets, none when nothing is broken. */
const usuallyEveryMs = 120_000;
const atMostEveryMs = 1000;

/** Looks until the signal aborts. */
export async function watchTickets(
  options: TicketWatchOptions,
  stopping: AbortSignal,
): Promise<void> {
  const { clock, logger, closedByHandMs = usuallyEveryMs } = options;
  const everyMs = Math.max(atMostEveryMs, Math.min(usuallyEveryMs, closedByHandMs));
  let failed = false;
  while (!stopping.aborted) {
    try {
      await lookOnce(options);
      failed = false;
    } catch (err) {
      // The outbox learns by itself that the tracker is away, and says so.
      if (!failed) logger.warn({ err }, "looking at open tickets failed; it is tried again");
      failed = true;
    }
    await clock.sleep(everyMs, stopping);
  }
}

/** One look at all of them. */
export async function lookOnce({
  look,
  watched,
  record,
  mayLook,
}: TicketWatchOptions): Promise<void> {
  if (!(await mayLook())) return;
  const incidents = await watched();
  if (incidents.length === 0) return;
  const fates = await look(incidents.map(({ ticket }) => ticket));
  for (const { incident, ticket, episode } of incidents) {
    const as = observed(fates.get(ticket));
    if (as !== undefined) await record(incident, { type: "ticket_seen", ticket, as, episode });
  }
}

/** What people said will not be fixed is their word, and is left. */
function observed(fate: TicketFate | undefined): TicketObserved["as"] | undefined {
  return fate === "closed" || fate === "gone" ? fate : undefined;
}
