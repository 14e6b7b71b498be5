/** The port of the ticket door to the store: which tickets are open, and which comments were handed in. */
import type { HandedIn, SeenAct } from "./acts.ts";

export interface OpenTicket {
  /** Id of the ticket. */
  readonly ticket: string;
  /** Number of the incident. */
  readonly incident: number;
  /** When the incident last changed, ms since 1970. */
  readonly changedAtMs: number;
}

/** Why the commands of a comment must not be carried out. */
export type UnfitComment = "edited" | "outsider" | "too_long" | "not_assignable";

/** One comment that holds commands. */
export interface HeardComment extends HandedIn {
  readonly door: "ticket";
  readonly unfit: UnfitComment | undefined;
}

export interface DoorStore {
  /** Tickets of incidents that are open. */
  openTickets(): Promise<readonly OpenTicket[]>;
  /** Numbers of the incidents of these tickets, open or not. */
  incidentsOf(tickets: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Ids of the tickets on which somebody said something to us since then, or a question is open, at most 20, the newest word first. */
  talkedOnSince(sinceMs: number): Promise<readonly string[]>;
  /** Handing in a comment or an act again changes nothing. */
  handIn(command: HeardComment | SeenAct): Promise<void>;
}
