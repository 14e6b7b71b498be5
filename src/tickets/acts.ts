/**
 * Notices what people do to tickets in the tracker itself, and hands each act in once, as the command that it stands
 * for. It decides nothing: who may do what is decided when the command is carried out.
 *
 *     state differs ──► history read ──► waits ──► history read again ──► handed in
 *
 * Each act waits, because a bulk edit can be recognised only when the next ticket has been changed too.
 */
import type { Clock } from "../clock.ts";
import type { Severity } from "../incidents/episode.ts";
import { TrackerError } from "./errors.ts";
import type { ActOnTicket, TicketAct, TicketTalk } from "./talk.ts";

/** What somebody wants of an incident, by a comment or by an act in the tracker. */
export interface HandedIn {
  /** Id of the comment, or of the entry of the ticket's history. */
  readonly message: string;
  /** Id of the ticket. */
  readonly place: string;
  /** Number of the incident. */
  readonly incident: number;
  readonly account: string;
  /** Accounts that the command is from or names, with the names that the tracker shows. */
  readonly names: readonly ShownAccount[];
  /** One command a line. */
  readonly said: string;
  readonly saidAtMs: number;
  /** Roles that the account has by groups of the tracker. */
  readonly roles: readonly string[];
}

/** One entry of a ticket's history. */
export interface SeenAct extends HandedIn {
  readonly door: "tracker";
  /** A bulk edit is refused, because it is no decision about this one ticket. */
  readonly unfit: "bulk" | undefined;
}

/** An account and the name that the tracker shows for it. */
export interface ShownAccount {
  readonly account: string;
  readonly name: string;
}

export type RolesOf = (account: string) => Promise<readonly string[]>;

export interface TicketActsOptions {
  readonly talk: Pick<TicketTalk, "acts" | "assignable">;
  readonly handIn: (act: SeenAct) => Promise<void>;
  readonly clock: Clock;
  /** What the priority of this name stands for; undefined for none, or for several. */
  readonly severityOf: (priority: string) => Severity | undefined;
  readonly rolesOf: RolesOf;
  /** True when the configuration names nobody. Everybody who may be assigned a ticket may act then. */
  readonly onlyAssignable: boolean;
}

/** Longer than a bulk edit takes from one ticket to the next. */
const waitsMs = 15_000;
/** Nobody changes two tickets within so short a time by hand. */
const bulkMs = 5000;
const rememberedMs = 3_600_000;
const mostRemembered = 10_000;
/** Histories that are read in one look, so that comments do not wait for them. */
const mostAtOnce = 20;
/** After this many failed reads, the history of a ticket is not read again until the ticket changes. */
const mostFailures = 5;

interface Unread {
  readonly incident: number;
  readonly state: string | undefined;
  readonly failures: number;
}

interface WaitingAct {
  readonly ticket: string;
  readonly incident: number;
  readonly act: ActOnTicket;
  /** By our own clock. */
  readonly seenAtMs: number;
}

export class TicketActs {
  readonly #options: TicketActsOptions;
  /** State of each ticket when its history was last read. */
  readonly #states = new Map<string, string>();
  /** Tickets whose history is to be read. */
  readonly #unread = new Map<string, Unread>();
  /** Acts by the id of their entry. They stay for an hour, so none is handed in twice. */
  readonly #seen = new Map<string, WaitingAct>();
  readonly #settled = new Set<string>();

  constructor(options: TicketActsOptions) {
    this.#options = options;
  }

  /** A ticket that may have been acted on. @param state as the search shows it; undefined where it does not */
  note(ticket: string, incident: number, state?: string): void {
    if (state === undefined || this.#states.get(ticket) !== state)
      this.#unread.set(ticket, { incident, state, failures: 0 });
  }

  /** Reads the history of what was noted, and hands in what has waited. Throws TrackerError, and what `handIn` throws. */
  async look(): Promise<void> {
    let failed: TrackerError | undefined;
    for (const [ticket, unread] of [...this.#unread].slice(0, mostAtOnce)) {
      try {
        await this.#read(ticket, unread);
        this.#unread.delete(ticket);
      } catch (error) {
        if (!(error instanceof TrackerError)) throw error;
        failed ??= error;
        // The history of one ticket may be too long to be read. It must not keep the others waiting for ever.
        this.#unread.delete(ticket);
        if (unread.failures + 1 < mostFailures)
          this.#unread.set(ticket, { ...unread, failures: unread.failures + 1 });
      }
    }
    failed = (await this.#settleAll()) ?? failed;
    if (failed !== undefined) throw failed;
  }

  /** @returns what went wrong with one of them */
  async #settleAll(): Promise<TrackerError | undefined> {
    const now = this.#options.clock.now();
    let failed: TrackerError | undefined;
    for (const [id, seen] of this.#seen) {
      // When the clock was set back, the act waits again, and no longer than that.
      const waiting = { ...seen, seenAtMs: Math.min(seen.seenAtMs, now) };
      this.#seen.set(id, waiting);
      try {
        await this.#settle(id, waiting);
      } catch (error) {
        if (!(error instanceof TrackerError)) throw error;
        failed ??= error;
      }
      if (now - waiting.seenAtMs >= rememberedMs) this.#forget(id);
    }
    return failed;
  }

  async #read(ticket: string, { incident, state }: Unread): Promise<void> {
    const acts = (await this.#options.talk.acts(ticket)) ?? [];
    const seenAtMs = this.#options.clock.now();
    for (const act of acts)
      if (act.by === "person" && !this.#seen.has(act.id))
        this.#seen.set(act.id, { ticket, incident, act, seenAtMs });
    if (this.#states.size > mostRemembered) this.#states.clear();
    if (state !== undefined) this.#states.set(ticket, state);
  }

  async #settle(id: string, waiting: WaitingAct): Promise<void> {
    if (this.#settled.has(id) || this.#options.clock.now() - waiting.seenAtMs < waitsMs) return;
    await this.#handIn(waiting);
    this.#settled.add(id);
  }

  #isBulk({ ticket, act }: WaitingAct): boolean {
    return [...this.#seen.values()].some(
      (other) =>
        other.ticket !== ticket &&
        other.act.account === act.account &&
        Math.abs(other.act.atMs - act.atMs) <= bulkMs,
    );
  }

  /** Reads the history again first. An act that was taken back meanwhile is not handed in. */
  async #handIn(waiting: WaitingAct): Promise<void> {
    const { ticket, incident } = waiting;
    const { id } = waiting.act;
    const { talk, handIn, clock } = this.#options;
    const act = (await talk.acts(ticket))?.find((one) => one.id === id);
    const said = (act?.did ?? []).flatMap((did) => this.#commandOf(did));
    if (act?.by !== "person" || said.length === 0) return;
    const roles = await this.#options.rolesOf(act.account);
    if (roles.length === 0 && !(await this.#isKnown(act.account))) return;
    await handIn({
      door: "tracker",
      message: id,
      place: ticket,
      incident,
      account: act.account,
      names: [{ account: act.account, name: act.name }, ...act.did.flatMap(assignedTo)],
      said: said.join("\n"),
      // The tracker's clock may be ahead. The act must not seem later than a role that was given after it.
      saidAtMs: Math.min(act.atMs, clock.now()),
      unfit: this.#isBulk(waiting) ? "bulk" : undefined,
      roles,
    });
  }

  async #isKnown(account: string): Promise<boolean> {
    const { talk, onlyAssignable } = this.#options;
    return !onlyAssignable || (await talk.assignable()).has(account);
  }

  #commandOf(did: TicketAct): readonly string[] {
    if (did.kind === "closed") return ["close"];
    if (did.kind === "reopened") return ["reopen"];
    if (did.kind === "assigned") return [`assign ${did.to ?? "nobody"}`];
    const severity = this.#options.severityOf(did.priority);
    return severity === undefined ? [] : [`severity ${severity}`];
  }

  #forget(id: string): void {
    this.#seen.delete(id);
    this.#settled.delete(id);
  }
}

function assignedTo(did: TicketAct): readonly ShownAccount[] {
  if (did.kind !== "assigned" || did.to === undefined) return [];
  return [{ account: did.to, name: did.name }];
}
