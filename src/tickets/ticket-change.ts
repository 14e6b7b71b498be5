/** What became of a ticket. */
import type { IncidentEvent } from "../incidents/event.ts";

export type TicketChange =
  | "created"
  | "adopted"
  | "reopened"
  | "resolved"
  | "commented"
  | "updated"
  | "linked"
  /** It was so already. */
  | "unchanged"
  /** People resolved it as won't do. */
  | "left_alone"
  /** People deleted it, or it is hidden from us. */
  | "gone"
  /** The incident has no ticket. */
  | "no_ticket";

export interface TicketOutcome {
  readonly change: TicketChange;
  /** The events that record the change in the incident. */
  readonly events: readonly IncidentEvent[];
}
