/**
 * The one pure reducer: (incident, event, now) → (incident, effects). It decides everything people see and does no I/O.
 *
 * An incident opens with an episode, is `recovered` when the episode closes, and `resolved` after a quiet time. An
 * episode that opens meanwhile, or within the reopen duration, is a repeat of the same incident: one fault, one ticket.
 */
import type { EpisodeClosed, EpisodeOpened, Verified } from "../../detection/event.ts";
import { isLate, lateTicketMs, missedOf } from "../digest.ts";
import type { HealthChecked, IncidentEvent, QuietPassed, RunChanged } from "../event.ts";
import { fingerprint } from "../fingerprint.ts";
import type { Effect, Incident, MissedEpisode, RunFacts, TicketRef } from "../incident.ts";
import { severityOf, worse } from "../severity.ts";
import { type PlannedEffect, plan, type Timing } from "./plan.ts";

export interface ReducerSettings {
  /** Quiet time after an episode before the ticket is resolved, ms. */
  readonly resolveAfterMs: number;
  /** A resolved incident opens again within this time, ms; afterwards the next episode is a new incident. */
  readonly reopenDurationMs: number;
  /** How long after an act the target's own health is judged, ms. */
  readonly healthAfterMs: number;
  /** Whether there is a tracker; without one nobody misses a ticket. Default false. */
  readonly ticketed?: boolean;
  /** The fixes that this episode of this incident calls for, in config order. */
  readonly fixesFor: (incident: Incident) => readonly string[];
}

export interface Step {
  readonly incident: Incident;
  readonly effects: readonly PlannedEffect[];
  /** It is over and never had a ticket: for the summary. */
  readonly missed?: MissedEpisode;
}

export interface Moment {
  readonly nowMs: number;
  /** The number a new incident would get. */
  readonly nextNumber: number;
  readonly settings: ReducerSettings;
}

const rememberedRuns = 20;

/**
 * @param incident the newest incident of the event's fingerprint, or none
 * @returns the changed incident and what to do; undefined when the event changes nothing
 */
export function reduce(
  incident: Incident | undefined,
  event: IncidentEvent,
  moment: Moment,
): Step | undefined {
  if (event.type === "episode_opened") return episodeOpened(incident, event, moment);
  if (incident === undefined) return undefined;
  if (event.type === "episode_closed") return episodeClosed(incident, event, moment);
  if (event.type === "verified") return verified(incident, event, moment);
  if (event.type === "run_changed") return runChanged(incident, event, moment);
  if (event.type === "health_checked") return healthChecked(incident, event, moment);
  if (event.type === "quiet_passed") return quietPassed(incident, event, moment);
  return ticketOpened(incident, event.ticket, moment);
}

/** Whether the next episode belongs to this incident. */
function stillOurs(incident: Incident | undefined, moment: Moment): incident is Incident {
  if (incident === undefined) return false;
  const resolvedAtMs = incident.resolvedAtMs ?? moment.nowMs;
  return (
    incident.state !== "resolved" || moment.nowMs - resolvedAtMs <= moment.settings.reopenDurationMs
  );
}

function episodeOpened(before: Incident | undefined, event: EpisodeOpened, moment: Moment): Step {
  const repeat = stillOurs(before, moment);
  const incident = repeat ? repeated(before, event, moment) : opened(event, moment);
  const wasResolved = repeat && before.state === "resolved";
  const effects: Effect[] = [];
  if (!repeat || wasResolved) effects.push({ kind: "ticket.open" });
  if (repeat) effects.push({ kind: "ticket.repeat" });
  if (repeat && !before.kinds.includes(event.kind)) {
    effects.push({
      kind: "ticket.comment",
      note: { about: "joined", kind: event.kind, episode: event },
    });
  }
  for (const fix of moment.settings.fixesFor(incident)) {
    effects.push({ kind: "run.start", fix, episode: event.id });
  }
  return stepTo(incident, event.id, { effects, moment, late: mayBeOver(event, moment) });
}

/** A late episode's close may be about to be decided; without a tracker nobody waits for it. */
function mayBeOver(event: EpisodeOpened, { nowMs, settings }: Moment): boolean {
  return settings.ticketed === true && isLate(event, nowMs);
}

function opened(event: EpisodeOpened, moment: Moment): Incident {
  return {
    id: `inc-${event.id}`,
    number: moment.nextNumber,
    fingerprint: fingerprint(event.model),
    model: event.model,
    severity: severityOf(event),
    state: "open",
    openedAtMs: moment.nowMs,
    lastSeenAtMs: moment.nowMs,
    occurrences: 1,
    kinds: [event.kind],
    episode: event,
    runs: [],
  };
}

function repeated(before: Incident, event: EpisodeOpened, moment: Moment): Incident {
  const { resolvedAtMs: _over, inSummary: _unseen, ...rest } = before;
  return {
    ...rest,
    severity: worse(before.severity, severityOf(event)),
    state: "open",
    lastSeenAtMs: moment.nowMs,
    occurrences: before.occurrences + 1,
    kinds: before.kinds.includes(event.kind) ? before.kinds : [...before.kinds, event.kind],
    episode: event,
  };
}

function episodeClosed(before: Incident, event: EpisodeClosed, moment: Moment): Step | undefined {
  if (before.state !== "open" || before.episode.id !== event.episode) return undefined;
  if (unseen(before, moment) && isLate(before.episode, moment.nowMs)) return missed(before, moment);
  const incident: Incident = { ...before, state: "recovered", lastSeenAtMs: moment.nowMs };
  const effects: Effect[] = [
    { kind: "ticket.comment", note: { about: "closed", cause: event.cause, atMs: moment.nowMs } },
    { kind: "incident.settle", episode: event.episode },
  ];
  return stepTo(incident, event.id, { effects, moment });
}

function quietPassed(before: Incident, event: QuietPassed, moment: Moment): Step | undefined {
  if (before.state !== "recovered" || before.episode.id !== event.episode) return undefined;
  if (unseen(before, moment)) return missed(before, moment);
  const incident: Incident = { ...before, state: "resolved", resolvedAtMs: moment.nowMs };
  return stepTo(incident, event.episode, { effects: [{ kind: "ticket.resolve" }], moment });
}

/** Nobody has been told, though somebody would have been. A summary never becomes a line of another. */
function unseen(incident: Incident, { settings }: Moment): boolean {
  const { ticket, missed: sumsUp } = incident;
  return settings.ticketed === true && ticket === undefined && sumsUp === undefined;
}

/** Over before it had a ticket: it gets a line in the summary instead. Its promised ticket finds it so. */
function missed(before: Incident, { nowMs }: Moment): Step {
  const incident: Incident = {
    ...before,
    state: "resolved",
    resolvedAtMs: nowMs,
    inSummary: true,
  };
  return { incident, effects: [], missed: missedOf(before, nowMs) };
}

function ticketOpened(before: Incident, ticket: TicketRef, moment: Moment): Step {
  const { inSummary, ...rest } = before;
  const incident: Incident = { ...rest, ticket };
  const effects: Effect[] = [];
  // It was being created while it was found to be over.
  if (inSummary === true) effects.push({ kind: "ticket.resolve" });
  // Lines may have come while the ticket was written.
  if ((before.missed?.length ?? 0) > 1) effects.push({ kind: "ticket.repeat" });
  return stepTo(incident, `ticket:${ticket.id}`, { effects, moment });
}

function runChanged(before: Incident, { run }: RunChanged, moment: Moment): Step {
  const others = before.runs.filter((known) => known.id !== run.id);
  const incident: Incident = { ...before, runs: [...others, run].slice(-rememberedRuns) };
  const effects: Effect[] = [];
  if (run.status !== "acting")
    effects.push({ kind: "ticket.comment", note: { about: "run", run } });
  if (run.status === "acted") {
    effects.push({ kind: "run.ask_model", run: run.id }, { kind: "run.check_health", run: run.id });
  }
  return stepTo(incident, `${run.id}:${run.status}`, { effects, moment });
}

function verified(before: Incident, event: Verified, moment: Moment): Step | undefined {
  const judged = before.runs.find((run) => run.id === event.run);
  if (judged === undefined) return undefined;
  return withOutcome(
    before,
    { ...judged, outcome: event.outcome },
    { detail: event.detail, moment },
  );
}

/** Health counts only against a run: a healthy container does not prove that the model recovered. */
function healthChecked(before: Incident, event: HealthChecked, moment: Moment): Step | undefined {
  const judged = before.runs.find((run) => run.id === event.run);
  if (judged === undefined || event.healthy) return undefined;
  return withOutcome(before, { ...judged, outcome: "failed" }, { detail: event.detail, moment });
}

function withOutcome(
  before: Incident,
  run: RunFacts,
  told: { readonly detail: string; readonly moment: Moment },
): Step {
  const runs = before.runs.map((known) => (known.id === run.id ? run : known));
  const note = { about: "verified", run, detail: told.detail } as const;
  const effects: Effect[] = [{ kind: "ticket.comment", note }];
  return stepTo({ ...before, runs }, `${run.id}:${run.outcome}`, { effects, moment: told.moment });
}

function stepTo(
  incident: Incident,
  cause: string,
  planned: {
    readonly effects: readonly Effect[];
    readonly moment: Moment;
    readonly late?: boolean;
  },
): Step {
  const { effects, moment, late = false } = planned;
  const timing = timingOf(moment, { ticketAfterMs: late ? lateTicketMs : 0 });
  return { incident, effects: plan(incident, cause, { effects, timing }) };
}

export function timingOf(
  { nowMs, settings }: Pick<Moment, "nowMs" | "settings">,
  { ticketAfterMs }: { readonly ticketAfterMs: number },
): Timing {
  const timers = {
    "incident.settle": settings.resolveAfterMs,
    "run.check_health": settings.healthAfterMs,
  };
  return { nowMs, timers, ticketAfterMs };
}
