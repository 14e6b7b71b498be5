/** Starts the watch on open tickets, which one process at a time runs. */
import type { Health } from "../health.ts";
import { type RecordOptions, recordEvents } from "../incidents/record-events.ts";
import { watchedTickets } from "../store/incidents/watched.ts";
import { acquireLease } from "../store/leases/lease.ts";
import type { Ticketing } from "../tickets/ticketing.ts";
import { watchTickets } from "../tickets/watch.ts";
import type { StoredParts } from "./parts.ts";

interface WatchParts {
  /** Undefined where there is no tracker; then nothing is watched. */
  readonly ticketing: Ticketing | undefined;
  readonly recording: RecordOptions;
  readonly outbox: { dependencyHealth(name: string): Health };
}

/** Longer than the time between two looks, so the process that looks keeps the lease. */
const leaseMs = 300_000;

export function buildTicketWatch(
  { store, clock, lifecycle, logger, owner }: StoredParts,
  { ticketing, recording, outbox }: WatchParts,
): void {
  if (ticketing === undefined) return;
  const stopping = new AbortController();
  const options = {
    look: ticketing.look,
    watched: () => watchedTickets(store, recording.orderKeyOf("ticket.open")),
    record: (incident, event) =>
      store.transaction((tx) => recordEvents(tx, [{ event, incident }], recording)),
    mayLook: async () => {
      if (!outbox.dependencyHealth("tracker").ok) return false;
      return (await acquireLease(store, { name: "tickets", owner, ttlMs: leaseMs })) !== undefined;
    },
    clock,
    ...(recording.settings.closedByHandMs !== undefined && {
      closedByHandMs: recording.settings.closedByHandMs,
    }),
    logger: logger.child({ component: "tickets" }),
  } satisfies Parameters<typeof watchTickets>[0];
  const working = watchTickets(options, stopping.signal);
  lifecycle.onStop("ticket watch", async () => {
    stopping.abort();
    await working;
  });
}
