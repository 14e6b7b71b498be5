/** The aspect of pictures: it plans pictures, and stores how the ticket shows them. */
import { isModelEpisode } from "../episode.ts";
import type { TicketPictured } from "../event.ts";
import type { Incident } from "../incident.ts";
import type { Aspect, Change, Transition } from "./aspect.ts";

/** It comes after the aspects that write to the ticket, so that its effects come after theirs. */
export const pictures: Aspect<"picture"> = {
  name: "pictures",
  slice: ["picture"],
  take: (transition) => {
    const { event, incident } = transition;
    if (event.type === "ticket_pictured") return pictured(incident, event);
    return isAskedFor(transition) ? asked(incident) : undefined;
  },
};

/** Whether a picture is needed: for a new ticket, or for a reopened one, whose old picture shows a former episode. */
function isAskedFor({ event, before, incident, moment }: Transition): boolean {
  if (moment.settings.pictures !== true || !hasSomethingToShow(incident)) return false;
  if (event.type === "ticket_opened") return before?.ticket?.id !== event.ticket.id;
  if (event.type !== "episode_opened") return false;
  return before?.state === "resolved" && incident.ticket !== undefined;
}

function hasSomethingToShow({ episode, partOf, state }: Incident): boolean {
  if (partOf !== undefined || state === "resolved") return false;
  return isModelEpisode(episode) && episode.features.length > 0;
}

function asked({ episode, picture }: Incident): Change<"picture"> {
  return {
    ...(picture !== undefined && { slice: { picture: undefined } }),
    effects: [{ effect: { kind: "ticket.picture", episode: episode.id } }],
  };
}

function pictured({ ticket }: Incident, event: TicketPictured): Change<"picture"> | undefined {
  if (ticket?.id !== event.ticket) return undefined;
  return { slice: { picture: event.shows }, effects: [{ effect: { kind: "ticket.update" } }] };
}
