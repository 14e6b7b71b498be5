/**
 * The overflow: the digest of incidents beyond the budget of new tickets. It keeps a defect of a source or of
 * Driftwarden from flooding a project (FR-S3). The overflow is over when all its incidents are over. Each scope has one
 * at a time. Pure.
 *
 *     the budget is used up ── an incident opens ──► open ── all of them are over ──► recovered ── quiet ──► resolved
 */
import {
  type Digest,
  type DigestEntry,
  type DigestMoment,
  type DigestStep,
  moved,
  withTicket,
  written,
} from "./digest.ts";
import { type Episode, isModelEpisode, subjectOf } from "./episode.ts";
import type { IncidentEvent } from "./event.ts";
import { overflowFingerprint } from "./fingerprint.ts";
import type { Incident } from "./incident.ts";
import { gatherMs } from "./place.ts";
import { type Planned, planned } from "./reduce/plan.ts";
import { worse } from "./severity.ts";
import { scopeOf } from "./subject.ts";

/** How many entries an overflow keeps. Every change writes all of them, so each holds only what its line shows. */
const rememberedEntries = 50;

/** @param endMs when the incident was over, ms since 1970; undefined while it is not */
export function overflowEntry(
  { number, episode, severity }: Incident,
  endMs: number | undefined,
): DigestEntry {
  return { incident: number, episode: slim(episode), severity, endMs, isOverflow: true };
}

function slim(episode: Episode): Episode {
  if (!isModelEpisode(episode)) return episode;
  const { ranking: _order, ...rest } = episode;
  return { ...rest, features: episode.features.slice(0, 1), detectors: [] };
}

/** @param before the newest digest of the scope's overflow, or none */
export function takeOverflow(
  before: Digest | undefined,
  entry: DigestEntry,
  moment: DigestMoment,
): DigestStep | undefined {
  if (entry.endMs !== undefined) return before && ended(before, entry, moment);
  if (before === undefined || before.state === "resolved") return opened(entry, moment);
  const [first, ...others] = [...before.entries, entry].slice(-rememberedEntries);
  return promised(
    {
      ...before,
      state: "open",
      severity: worse(before.severity, entry.severity),
      lastSeenAtMs: moment.nowMs,
      occurrences: before.occurrences + 1,
      stillOpen: openOf(before) + 1,
      entries: [first ?? entry, ...others],
    },
    `overflow:${entry.episode.id}`,
    { effects: ticketUpdates(before), moment },
  );
}

const openOf = ({ stillOpen = 0 }: Digest): number => stillOpen;
/** Without a ticket no update is needed: the ticket will list the entries. */
const ticketUpdates = ({ ticket }: Digest): readonly Planned[] =>
  ticket === undefined ? [] : [{ effect: { kind: "ticket.update" } }];

function opened(entry: DigestEntry, moment: DigestMoment): DigestStep {
  const scope = scopeOf(subjectOf(entry.episode));
  const digest: Digest = {
    id: `inc-overflow-${entry.episode.id}`,
    number: moment.nextNumber,
    fingerprint: overflowFingerprint(scope),
    scope,
    severity: entry.severity,
    state: "open",
    openedAtMs: moment.nowMs,
    lastSeenAtMs: moment.nowMs,
    occurrences: 1,
    stillOpen: 1,
    kinds: [entry.episode.kind],
    entries: [entry],
  };
  const open: Planned = { effect: { kind: "ticket.open" }, dueInMs: gatherMs };
  return promised(digest, `overflow:${entry.episode.id}`, { effects: [open], moment });
}

function ended(before: Digest, entry: DigestEntry, moment: DigestMoment): DigestStep {
  const stillOpen = Math.max(0, openOf(before) - 1);
  const entries = before.entries.map((known) =>
    known.incident === entry.incident ? entry : known,
  );
  const [first, ...others] = entries;
  const isOver = stillOpen === 0;
  const settle: Planned = {
    effect: { kind: "incident.settle", episode: entry.episode.id },
    dueInMs: moment.settings.resolveAfterMs,
    timer: true,
  };
  return promised(
    {
      ...before,
      state: isOver ? "recovered" : before.state,
      lastSeenAtMs: moment.nowMs,
      stillOpen,
      entries: [first ?? entry, ...others],
    },
    `overflow-end:${entry.episode.id}`,
    { effects: [...ticketUpdates(before), ...(isOver ? [settle] : [])], moment },
  );
}

/** @returns undefined when the event changes nothing */
export function reduceOverflow(
  digest: Digest,
  event: IncidentEvent,
  moment: DigestMoment,
): DigestStep | undefined {
  if (event.type === "ticket_opened") {
    const ticketed = withTicket(digest, event);
    // Entries may have been added while the ticket was written.
    return promised(ticketed, `ticket:${event.ticket.id}`, {
      effects: ticketUpdates(ticketed),
      moment,
    });
  }
  if (event.type === "ticket_written") return written(digest, event);
  if (event.type === "ticket_moved") return moved(digest, event);
  if (event.type !== "quiet_passed" || digest.state !== "recovered") return undefined;
  const { nowMs, settings } = moment;
  if (nowMs - digest.lastSeenAtMs < settings.resolveAfterMs) return undefined;
  const resolved: Digest = { ...digest, state: "resolved", resolvedAtMs: nowMs };
  const effects = [{ effect: { kind: "ticket.resolve" } }] as const;
  return promised(resolved, `${event.episode}:${nowMs}`, { effects, moment });
}

function promised(
  digest: Digest,
  cause: string,
  { effects, moment }: { readonly effects: readonly Planned[]; readonly moment: DigestMoment },
): DigestStep {
  return { digest, effects: planned(effects, { id: digest.id, cause, nowMs: moment.nowMs }) };
}
