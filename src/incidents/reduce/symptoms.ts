/**
 * The aspect of symptoms: which were seen, which of them a ticket reported, and for which people closed it as "won't
 * do".
 */
import type { IncidentEvent } from "../event.ts";
import type { Incident } from "../incident.ts";
import { isShared } from "../member.ts";
import { isSameSymptom, type SeenSymptom, symptomOf } from "../symptom.ts";
import type { Aspect, Change, Transition } from "./aspect.ts";

const remembered = 50;

export const symptoms: Aspect<"symptoms"> = {
  name: "symptoms",
  slice: ["symptoms"],
  take: (transition) => {
    const { event, incident } = transition;
    if (event.type === "episode_opened") return seen(transition);
    if (event.type === "ticket_opened") return told(incident, event.wontDo === true);
    return tells(event, incident) ? told(incident, false) : undefined;
  },
};

/**
 * Whether the ticket reports the newest episode. Its text was written for all members, or the tracker showed it open
 * since.
 */
function tells(event: IncidentEvent, incident: Incident): boolean {
  const { ticket, episode } = incident;
  if (event.type === "ticket_written") return event.ticket === ticket?.id && isShared(incident);
  if (event.type !== "ticket_seen" || event.as !== "open") return false;
  return event.ticket === ticket?.id && event.episode === episode.id;
}

function seen({ before, incident }: Transition): Change<"symptoms"> | undefined {
  const known = incident.symptoms ?? toldBefore(before);
  const newest = symptomOf(incident);
  if (known.some((one) => isSameSymptom(one, newest)))
    return incident.symptoms === undefined ? { slice: { symptoms: known } } : undefined;
  return { slice: { symptoms: [...known, newest].slice(-remembered) } };
}

/** An older program stored no symptoms, only the newest episode. */
function toldBefore(before: Incident | undefined): readonly SeenSymptom[] {
  if (before === undefined) return [];
  return [{ ...symptomOf(before), ...(before.ticket && { told: true }) }];
}

/** @param wontDo people closed the former ticket, with all symptoms it reported, as "won't do" */
function told({ symptoms: known = [] }: Incident, wontDo: boolean): Change<"symptoms"> | undefined {
  const all = known.map((one): SeenSymptom => {
    const refused = wontDo && one.told === true;
    return { ...one, told: true, ...(refused && { wontDo: true }) };
  });
  const isNews = all.some((one, n) => one.wontDo !== known[n]?.wontDo || known[n]?.told !== true);
  return isNews ? { slice: { symptoms: all } } : undefined;
}
