/** The ticket of an incident: what it says, with the labels and the priority by which a tracker sorts it. */
import { type Digest, isDigest } from "../incidents/digest.ts";
import type { Severity } from "../incidents/episode.ts";
import type { Incident } from "../incidents/incident.ts";
import { incidentText } from "../messages/incident-text.ts";
import type { HelpLinks } from "../messages/opening-block.ts";
import type { RouteKeys } from "./route.ts";
import type { NewIssue } from "./tracker.ts";
import type { KeptFields } from "./written-text.ts";

export interface TicketContext extends HelpLinks {
  /** Name of the tracker's priority for each severity; undefined leaves the project's default. */
  readonly priorities: Readonly<Record<Severity, string | undefined>>;
  /** What a new ticket of this incident gets beside the usual. */
  readonly routeFor?: (incident: Incident) => RouteKeys;
}

/** The fields that a route keeps up to date on the ticket. */
export function keptFields(incident: Incident | Digest, { routeFor }: TicketContext): KeptFields {
  return isDigest(incident) ? {} : (routeFor?.(incident).kept ?? {});
}

/** Summary under 80 characters; that of a digest under 255. */
export function newIssue(incident: Incident | Digest, context: TicketContext): NewIssue {
  const { severity, fingerprint } = incident;
  const { title, message } = incidentText(incident, context);
  const route = isDigest(incident) ? undefined : context.routeFor?.(incident);
  return {
    summary: `[${severity}] ${title}`,
    description: message,
    // The second label finds all tickets about one subject.
    labels: ["driftwarden", `driftwarden-${fingerprint}`, severity, ...(route?.labels ?? [])],
    priority: context.priorities[severity],
    ...(route && { route }),
  };
}
