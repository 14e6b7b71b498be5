/** Carries the ticket effects of the outbox out. Without a tracker they are done at once: the journal has the story. */
import type { EffectHandlers } from "../outbox/executor.ts";
import type { Ticketing } from "./ticketing.ts";

type TicketEffects = Pick<
  EffectHandlers,
  "ticket.open" | "ticket.repeat" | "ticket.comment" | "ticket.resolve"
>;

/** @param ticketing undefined when no tracker is configured */
export function ticketEffects(ticketing: Ticketing | undefined): TicketEffects {
  return {
    "ticket.open": async (_effect, incident, attempt) => {
      // Over, and summed up elsewhere; unless a ticket may exist already.
      const summedUp = incident.inSummary === true && !attempt.unknown;
      if (ticketing === undefined || summedUp) return { events: [], asked: false };
      const { ticket } = await ticketing.open(incident, attempt);
      return [{ type: "ticket_opened", ticket }];
    },
    "ticket.repeat": async (_effect, incident, attempt) => {
      await ticketing?.repeat(incident, attempt);
      return [];
    },
    "ticket.comment": async (effect, incident, attempt) => {
      await ticketing?.note(incident, { note: effect.note, id: attempt.id }, attempt);
      return [];
    },
    "ticket.resolve": async (_effect, incident, attempt) => {
      await ticketing?.resolve(incident, attempt);
      return [];
    },
  };
}
