/**
 * The digest and its reducer. A digest is one ticket for episodes that ended before they could be reported, because
 * detection or the tracker was unavailable. Each scope has one digest at a time. Pure.
 */

import {
  type Episode,
  type IncidentKind,
  type Severity,
  standingOf,
  subjectOf,
} from "./episode.ts";
import type { IncidentEvent, TicketMoved, TicketOpened, TicketWritten } from "./event.ts";
import { digestFingerprint } from "./fingerprint.ts";
import { staleAfterMs } from "./freshness.ts";
import type { Incident, IncidentState, TicketRef, WrittenText } from "./incident.ts";
import { type Planned, type PlannedEffect, planned } from "./reduce/plan.ts";
import { worse } from "./severity.ts";
import { type Scope, scopeOf } from "./subject.ts";

/** The ticket of a late episode waits this long, ms. Detection that catches up may find that the episode is over. */
export const lateTicketMs = 60_000;
const rememberedEntries = 100;

/** An episode that was over before it could have a ticket. */
export interface DigestEntry {
  /** Number of its incident. */
  readonly incident: number;
  readonly episode: Episode;
  readonly severity: Severity;
  /** When the episode was known to be over; undefined while it is not. */
  readonly endMs: number | undefined;
  /** Its incident exceeded the budget of new tickets. */
  readonly isOverflow?: true;
}

export interface Digest {
  readonly id: string;
  readonly number: number;
  readonly fingerprint: string;
  readonly scope: Scope;
  /** The worst severity of its entries. */
  readonly severity: Severity;
  /**
   * A digest of missed episodes is `recovered` from the start. An overflow is `recovered` when all its incidents are
   * over.
   */
  readonly state: IncidentState;
  readonly openedAtMs: number;
  readonly lastSeenAtMs: number;
  readonly resolvedAtMs?: number | undefined;
  /** How many of its incidents are not over. Only an overflow has this number. */
  readonly stillOpen?: number;
  /** How many entries the digest has ever had. */
  readonly occurrences: number;
  /** Kinds of its first entry. */
  readonly kinds: readonly IncidentKind[];
  readonly ticket?: TicketRef;
  readonly written?: WrittenText | undefined;
  /** The newest 100 entries, or the newest 50 of an overflow; oldest first. */
  readonly entries: readonly [DigestEntry, ...DigestEntry[]];
}

export interface DigestStep {
  readonly digest: Digest;
  readonly effects: readonly PlannedEffect[];
}

export interface DigestMoment {
  readonly nowMs: number;
  /** The number that a new digest would get. */
  readonly nextNumber: number;
  readonly settings: { readonly resolveAfterMs: number };
}

/** Whether the digest is an overflow, which lists incidents beyond the budget of new tickets. */
export function isOverflow({ stillOpen }: Digest): boolean {
  return stillOpen !== undefined;
}

export function isDigest(subject: Incident | Digest): subject is Digest {
  return "entries" in subject;
}

/** The newest episode of an incident or a digest. */
export function newestEpisode(subject: Incident | Digest): Episode {
  return isDigest(subject) ? newestEntry(subject).episode : subject.episode;
}

function newestEntry({ entries }: Digest): DigestEntry {
  return entries.at(-1) ?? entries[0];
}

/** Whether the episode opened too long ago to count as fresh. */
export function isLate(episode: Episode, nowMs: number): boolean {
  return nowMs - episode.at / 1000 > staleAfterMs(standingOf(episode).cadenceMs);
}

export function entryOf({ number, episode, severity }: Incident, endMs: number): DigestEntry {
  return { incident: number, episode, severity, endMs };
}

/**
 * @param before the newest digest of the scope, or none
 * @returns the digest with the entry added
 */
export function addToDigest(
  before: Digest | undefined,
  entry: DigestEntry,
  moment: DigestMoment,
): DigestStep {
  const settle = settleEffect(entry, moment);
  // A digest without a ticket takes more entries, even if it is resolved and the tracker stays unavailable.
  if (before === undefined || (before.state === "resolved" && before.ticket !== undefined)) {
    const open: Planned = { effect: { kind: "ticket.open" }, dueInMs: lateTicketMs };
    return promised(opened(entry, moment), `missed:${entry.episode.id}`, {
      effects: [open, settle],
      moment,
    });
  }
  const [first, ...others] = [...before.entries, entry].slice(-rememberedEntries);
  const digest: Digest = {
    ...before,
    state: "recovered",
    resolvedAtMs: undefined,
    severity: worse(before.severity, entry.severity),
    lastSeenAtMs: moment.nowMs,
    occurrences: before.occurrences + 1,
    entries: [first ?? entry, ...others],
  };
  // Without a ticket no update is needed: the ticket will list the entry.
  const updates = before.ticket === undefined ? [] : [update];
  return promised(digest, `missed:${entry.episode.id}`, { effects: [...updates, settle], moment });
}

const update: Planned = { effect: { kind: "ticket.update" } };

function settleEffect({ episode }: DigestEntry, { settings }: DigestMoment): Planned {
  return {
    effect: { kind: "incident.settle", episode: episode.id },
    dueInMs: settings.resolveAfterMs,
    timer: true,
  };
}

function opened(entry: DigestEntry, { nowMs, nextNumber }: DigestMoment): Digest {
  const scope = scopeOf(subjectOf(entry.episode));
  return {
    id: `inc-missed-${entry.episode.id}`,
    number: nextNumber,
    fingerprint: digestFingerprint(scope),
    scope,
    severity: entry.severity,
    state: "recovered",
    openedAtMs: nowMs,
    lastSeenAtMs: nowMs,
    occurrences: 1,
    kinds: [entry.episode.kind],
    entries: [entry],
  };
}

/** @returns undefined when the event changes nothing */
export function reduceDigest(
  digest: Digest,
  event: IncidentEvent,
  moment: DigestMoment,
): DigestStep | undefined {
  if (event.type === "ticket_opened") {
    const ticketed = withTicket(digest, event);
    // Entries may have been added while the ticket was written.
    const effects = event.lacksText === true || digest.entries.length > 1 ? [update] : [];
    return promised(ticketed, `ticket:${event.ticket.id}`, { effects, moment });
  }
  if (event.type === "ticket_written") return written(digest, event);
  if (event.type === "ticket_moved") return moved(digest, event);
  if (event.type !== "quiet_passed") return undefined;
  const isNewest = newestEntry(digest).episode.id === event.episode;
  if (digest.state !== "recovered" || !isNewest) return undefined;
  const resolved: Digest = { ...digest, state: "resolved", resolvedAtMs: moment.nowMs };
  return promised(resolved, event.episode, {
    effects: [{ effect: { kind: "ticket.resolve" } }],
    moment,
  });
}

/** The digest with its ticket and the text as the tracker stored it. */
export function withTicket(digest: Digest, { ticket, written: text }: TicketOpened): Digest {
  return { ...digest, ticket, ...(text !== undefined && { written: text }) };
}

/** Stores the hashes of the text that was written to the digest's ticket. */
export function written(digest: Digest, event: TicketWritten): DigestStep | undefined {
  if (digest.ticket?.id !== event.ticket) return undefined;
  return { digest: { ...digest, written: event.written }, effects: [] };
}

/** The digest with the new key of its ticket. */
export function moved(
  digest: Digest,
  { ticket: id, key, url }: TicketMoved,
): DigestStep | undefined {
  if (digest.ticket?.id !== id) return undefined;
  return { digest: { ...digest, ticket: { id, key, url } }, effects: [] };
}

function promised(
  digest: Digest,
  cause: string,
  {
    effects,
    moment,
  }: {
    readonly effects: readonly Planned[];
    readonly moment: DigestMoment;
  },
): DigestStep {
  return { digest, effects: planned(effects, { id: digest.id, cause, nowMs: moment.nowMs }) };
}
