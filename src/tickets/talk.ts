/**
 * The port to what people say on tickets, declared by the door that reads it. On a tracker without it people cannot
 * give commands.
 */

/** What a person, a program or an outsider wrote. */
export interface SaidComment {
  readonly id: string;
  /** The id by which the tracker knows the author for ever; never a name that is shown. */
  readonly account: string;
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
}

/** Every call settles within the adapter's own deadline and throws only `TrackerError`. All of them only read. */
export interface TicketTalk {
  /** Tickets with the label that were changed in the last minutes. The index behind it may lag, or be blind. */
  changedWithin(label: string, minutes: number): Promise<readonly ChangedTicket[]>;
  /** The newest comments, newest first, at most 100. Undefined when the ticket is gone. */
  newestComments(id: string): Promise<readonly SaidComment[] | undefined>;
  /** One comment as it is now; undefined when it is gone. */
  comment(id: string, comment: string): Promise<SaidComment | undefined>;
  /** Accounts to which tickets may be assigned, at most 1,000. */
  assignable(): Promise<ReadonlySet<string>>;
}
