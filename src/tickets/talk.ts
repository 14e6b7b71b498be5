/**
 * The port to what people say on tickets, declared by the door that reads it. On a tracker without it people cannot
 * give commands.
 */

/** What a person, a program or an outsider wrote. */
export interface SaidComment {
  readonly id: string;
  /** The author's permanent id in the tracker; never a name that is shown. */
  readonly account: string;
  /** The name that the tracker shows. Anybody may choose it. Empty when the tracker does not say. */
  readonly name: string;
  readonly by: "us" | "person" | "app" | "outsider";
  /** Lines that begin like a command, outside of everything that is quoted, code or a link. */
  readonly commands: readonly string[];
  /** Length of the whole text, characters. */
  readonly size: number;
  /** Ms since 1970, by the tracker's clock. */
  readonly saidAtMs: number;
  /** Whether the text may be another one than its author first wrote. */
  readonly edited: boolean;
}

/** A ticket that the search shows as changed. */
export interface ChangedTicket {
  readonly id: string;
  /** When it was last changed, as the tracker writes it: only compared with itself. */
  readonly changed: string;
  /** Its status, assignee and priority: only compared with itself. */
  readonly state: string;
}

/** Something that can be done to a ticket in the tracker itself, and that a command asks for as well. */
export type TicketAct =
  | { readonly kind: "closed" }
  | { readonly kind: "reopened" }
  /** Account, and the name that is shown; undefined for nobody. */
  | { readonly kind: "assigned"; readonly to: string | undefined; readonly name: string }
  /** Name of the priority. */
  | { readonly kind: "weighed"; readonly priority: string };

/** One entry of the history of a ticket. */
export interface ActOnTicket {
  /** Unique in the tracker. */
  readonly id: string;
  readonly account: string;
  /** As the tracker shows them. */
  readonly name: string;
  /** Automations act as `app`, whoever they name. */
  readonly by: SaidComment["by"];
  /** Ms since 1970, by the tracker's clock. */
  readonly atMs: number;
  /** What was done and still holds: the last word on status, assignee and priority. */
  readonly did: readonly TicketAct[];
}

/** Every call settles within the adapter's own deadline and throws only `TrackerError`. All of them only read. */
export interface TicketTalk {
  /** Tickets with the label that were changed in the last minutes. The index behind it may lag, or be blind. */
  changedWithin(label: string, minutes: number): Promise<readonly ChangedTicket[]>;
  /** The newest comments, newest first, at most 100. Undefined when the ticket is gone. */
  newestComments(id: string): Promise<readonly SaidComment[] | undefined>;
  /** What was done to the ticket and still holds, oldest first. Undefined when it is gone. */
  acts(id: string): Promise<readonly ActOnTicket[] | undefined>;
  /** One comment as it is now; undefined when it is gone. */
  comment(id: string, comment: string): Promise<SaidComment | undefined>;
  /** Names of the groups of an account. */
  groupsOf(account: string): Promise<ReadonlySet<string>>;
  /** Accounts to which tickets may be assigned, at most 1,000. */
  assignable(): Promise<ReadonlySet<string>>;
}
