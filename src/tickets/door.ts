/**
 * The door of tickets: reads what people say on tickets and hands it in, each comment once. What they do to tickets is
 * handed in by `acts.ts`. It decides nothing: who may say what is decided when the command is carried out.
 *
 * One search shows which tickets were changed. An index can stop showing new comments without an error. So two kinds of
 * tickets are also read directly, without the search: tickets with a recent command, and one open ticket after another
 * at a slow pace.
 */
import type { Clock } from "../clock.ts";
import type { Severity } from "../incidents/episode.ts";
import { type RolesOf, type SeenAct, TicketActs } from "./acts.ts";
import type { DoorStore, OpenTicket } from "./door-store.ts";
import type { TrackerError } from "./errors.ts";
import { FailingTickets } from "./failing-tickets.ts";
import { type HeardByDoor, type HearingOptions, hearAll } from "./hearing.ts";
import { IndexWatch } from "./index-watch.ts";
import type { ChangedTicket, SaidComment, TicketTalk } from "./talk.ts";

export interface TicketDoorOptions {
  readonly talk: TicketTalk;
  readonly store: DoorStore;
  readonly clock: Clock;
  /** True when the configuration names nobody. Everybody who may be assigned a ticket may give commands then. */
  readonly onlyAssignable?: boolean;
  /** Roles that an account has by groups of the tracker. Default: none. */
  readonly rolesOf?: RolesOf;
  /** What the priority of this name stands for; undefined for none, or for several. Default: none does. */
  readonly severityOf?: (priority: string) => Severity | undefined;
  /** Whether the tracker may be asked what may wait. Default: always. */
  readonly hasRoom?: () => boolean;
  /** Whether these commands overrule others that were said in the same look. They are handed in first. Default: none. */
  readonly overrules?: (said: string) => boolean;
  /** Counts comments that were taken in. */
  readonly onHeard?: (by: SaidComment["by"]) => void;
}

/** What all our tickets are labelled with. */
const label = "driftwarden";
/** A ticket is read directly at each look for this long after the last command on it. */
const talkingMs = 600_000;
/** While incidents are new, or people talk, every look searches; otherwise once in this time. */
const restMs = 60_000;
/** The same while no ticket is open. With the probe of the tracker that is less than 60 calls an hour. */
const idleMs = 120_000;
const newMs = 3_600_000;
/** One open ticket in this time is read directly. With the search at rest this is 84 calls an hour. */
const slowMs = 150_000;
/** While the index is blind, this many open tickets are read directly at each look. */
const blindlyRead = 10;
/** Each search looks back this much further than the last search, because the index may lag. */
const lagMinutes = 5;
const mostMinutes = 1440;
/** After somebody spoke on a ticket we change it ourselves: the answer, and the text of the ticket. */
const ownWritesMs = 30_000;
/** So long what was done in the tracker itself waits at most, while requests are scarce. */
const actsWaitMs = 60_000;
/** Further hints are dropped, because the search finds those tickets too. */
const mostHints = 200;
const hintsAtOnce = 20;

/** Ticket → number of its incident. */
type Numbers = ReadonlyMap<string, number>;
type News = ReadonlyMap<string, ChangedTicket>;

interface ToRead {
  readonly news: News;
  readonly direct: ReadonlySet<string>;
  /** Whether the tracker has answered in this look. */
  readonly hasAnswered: boolean;
}

export class TicketDoor {
  readonly #options: TicketDoorOptions;
  readonly #index: IndexWatch;
  readonly #acts: TicketActs;
  readonly #hearing: HearingOptions;
  /** Last change of each ticket, as the search showed it. An unchanged ticket is not read again. */
  readonly #changed = new Map<string, string>();
  /** Tickets that the search showed and that were not read yet. The search shows each for some minutes only. */
  readonly #unread = new Map<string, ChangedTicket>();
  /** Ids of comments that were handed in. */
  readonly #handed = new Set<string>();
  /** When a comment was last handed in, by ticket. */
  readonly #heardAtMs = new Map<string, number>();
  #searchedAtMs: number;
  #slowAtMs = -Infinity;
  #actedAtMs = -Infinity;
  readonly #failing: FailingTickets;
  readonly #hints = new Set<string>();
  /** Place of the next open ticket to read directly. */
  #turn = 0;

  constructor(options: TicketDoorOptions) {
    this.#options = options;
    this.#index = new IndexWatch(() => options.clock.now());
    this.#failing = new FailingTickets(() => options.clock.now());
    const { talk, store, clock, onlyAssignable = false, severityOf = () => undefined } = options;
    const { rolesOf = async () => [], overrules = () => false } = options;
    this.#hearing = { talk, clock, onlyAssignable, rolesOf, overrules };
    const handIn = (act: SeenAct): Promise<void> => store.handIn(act);
    this.#acts = new TicketActs({ talk, handIn, clock, severityOf, rolesOf, onlyAssignable });
    this.#searchedAtMs = options.clock.now() - 3_600_000;
  }

  /** Why the search cannot be trusted now; undefined when it can. */
  get degraded(): string | undefined {
    return this.#index.blind
      ? "the tracker's search does not show new comments: tickets are read one after another, which takes longer. On Jira Data Center, reindex or look at the node's index"
      : undefined;
  }

  /** One look. Throws TrackerError, and what the store throws. */
  async look(): Promise<void> {
    const { store, clock } = this.#options;
    const now = clock.now();
    const open = await store.openTickets();
    const talking = await store.talkedOnSince(now - talkingMs);
    const lively = talking.length > 0 || open.some(({ changedAtMs }) => changedAtMs > now - newMs);
    const restsMs = open.length === 0 ? idleMs : restMs;
    const searches = lively || elapsedMs(this.#searchedAtMs, now) >= restsMs;
    const news = searches ? await this.#search() : new Map<string, ChangedTicket>();
    const direct = new Set([...talking, ...this.#slow(open)]);
    const unread = new Map([...this.#unread, ...news]);
    const numbers = await store.incidentsOf([...new Set([...unread.keys(), ...direct])]);
    for (const ticket of numbers.keys()) this.#note(ticket, numbers, news);
    const soon = new Map(
      [...numbers].filter(([ticket]) => direct.has(ticket) || !this.#mayWait(ticket)),
    );
    const failed = await this.#readAll(soon, { news: unread, direct, hasAnswered: searches });
    this.#forget(open);
    if (this.#hasRoom() || elapsedMs(this.#actedAtMs, now) >= actsWaitMs) {
      await this.#acts.look();
      this.#actedAtMs = now;
    }
    if (failed !== undefined) throw failed;
  }

  #note(ticket: string, numbers: Numbers, news: News): void {
    const incident = numbers.get(ticket);
    const shown = news.get(ticket);
    if (shown !== undefined) this.#unread.set(ticket, shown);
    if (incident !== undefined && (shown !== undefined || this.#index.blind))
      this.#acts.note(ticket, incident, shown?.state);
  }

  /** The search shows our own writes too. While requests are scarce, these tickets are read last. */
  #mayWait(ticket: string): boolean {
    const heardAtMs = this.#heardAtMs.get(ticket) ?? -Infinity;
    return elapsedMs(heardAtMs, this.#options.clock.now()) < ownWritesMs && !this.#hasRoom();
  }

  #hasRoom(): boolean {
    return this.#options.hasRoom?.() ?? true;
  }

  /** @returns what went wrong first */
  #readAll(
    numbers: Numbers,
    { news, direct, hasAnswered }: ToRead,
  ): Promise<TrackerError | undefined> {
    const read = async (ticket: string): Promise<void> => {
      await this.#read(ticket, numbers.get(ticket) ?? 0, { directly: direct.has(ticket) });
      this.#passed(ticket, news.get(ticket));
    };
    return this.#failing.readInTurn([...numbers.keys()], read, { hasAnswered });
  }

  #passed(ticket: string, shown: ChangedTicket | undefined): void {
    if (shown !== undefined) this.#changed.set(ticket, shown.changed);
    this.#unread.delete(ticket);
  }

  /** A hint that something happened on this ticket. It is read at the next {@link lookAtHints}. */
  hint(ticket: string): void {
    if (this.#hints.size < mostHints) this.#hints.add(ticket);
  }

  /** Reads the tickets that were hinted at, and only those. Throws like {@link look}. */
  async lookAtHints(): Promise<void> {
    const hinted = [...this.#hints].slice(0, hintsAtOnce);
    for (const ticket of hinted) this.#hints.delete(ticket);
    const numbers = await this.#options.store.incidentsOf(hinted);
    if (numbers.size === 0) return;
    for (const [ticket, incident] of numbers) this.#acts.note(ticket, incident);
    const failed = await this.#readAll(numbers, {
      news: new Map(),
      direct: new Set(hinted),
      hasAnswered: false,
    });
    await this.#acts.look();
    if (failed !== undefined) throw failed;
  }

  /** Drops the hints, because another process reads tickets. */
  forgetHints(): void {
    this.#hints.clear();
  }

  /** Whether {@link lookAtHints} has something to read. */
  get hasHints(): boolean {
    return this.#hints.size > 0;
  }

  /** @returns the tickets that were changed since they were last read, by id */
  async #search(): Promise<ReadonlyMap<string, ChangedTicket>> {
    const now = this.#options.clock.now();
    const minutes = Math.ceil(elapsedMs(this.#searchedAtMs, now) / 60_000) + lagMinutes;
    const found = await this.#options.talk.changedWithin(label, Math.min(minutes, mostMinutes));
    this.#searchedAtMs = now;
    const news = found.filter(({ id, changed }) => this.#changed.get(id) !== changed);
    this.#index.shown(news.map(({ id }) => id));
    return new Map(news.map((ticket) => [ticket.id, ticket]));
  }

  #slow(open: readonly OpenTicket[]): readonly string[] {
    const now = this.#options.clock.now();
    const many = this.#index.blind ? blindlyRead : 1;
    if (open.length === 0 || (many === 1 && elapsedMs(this.#slowAtMs, now) < slowMs)) return [];
    this.#slowAtMs = now;
    const from = this.#turn % open.length;
    this.#turn = from + many;
    return [...open.slice(from), ...open.slice(0, from)].slice(0, many).map(({ ticket }) => ticket);
  }

  async #read(
    ticket: string,
    incident: number,
    { directly }: { readonly directly: boolean },
  ): Promise<void> {
    const comments = await this.#options.talk.newestComments(ticket);
    if (comments === undefined) return;
    if (directly) this.#index.read(ticket, comments[0]?.id);
    const said = comments.filter(({ id }) => !this.#handed.has(id)).toReversed();
    await hearAll(said, { ticket, incident, ...this.#hearing }, (heard) => this.#handIn(heard));
  }

  async #handIn({ command, by }: HeardByDoor): Promise<void> {
    const { store, clock, onHeard } = this.#options;
    await store.handIn(command);
    if (!this.#handed.has(command.message)) onHeard?.(by);
    this.#handed.add(command.message);
    this.#heardAtMs.set(command.place, clock.now());
  }

  /** Bounds what is remembered. The store knows which comments were handed in. */
  #forget(open: readonly OpenTicket[]): void {
    const kept = new Set(open.map(({ ticket }) => ticket));
    this.#index.forget(kept);
    this.#failing.forget();
    if (this.#changed.size > 10_000) this.#changed.clear();
    if (this.#unread.size > 10_000) this.#unread.clear();
    if (this.#handed.size > 10_000) this.#handed.clear();
    if (this.#heardAtMs.size > 10_000) this.#heardAtMs.clear();
  }
}

/** When the clock was set back, nobody knows how much time has passed. Then everything is due. */
const elapsedMs = (sinceMs: number, nowMs: number): number =>
  nowMs < sinceMs ? Infinity : nowMs - sinceMs;
