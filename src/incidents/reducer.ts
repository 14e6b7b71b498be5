/**
 * The one pure reducer: (incident, event, now) → (incident, effects). It decides everything people see and does no I/O.
 *
 * An incident opens with an episode, is `recovered` when the episode closes, and `resolved` after a quiet time. An
 * episode that opens meanwhile, or within the reopen duration, is a repeat of the same incident: one fault, one ticket.
 */
import type { EpisodeClosed, EpisodeOpened, Verified } from "../detection/event.ts";
import type { HealthChecked, IncidentEvent, QuietPassed, RunChanged } from "./event.ts";
import { fingerprint } from "./fingerprint.ts";
import type { Effect, Incident, RunFacts } from "./incident.ts";
import { severityOf, worse } from "./severity.ts";

export interface ReducerSettings {
  /** Quiet time after an episode before the ticket is resolved, ms. */
  readonly resolveAfterMs: number;
  /** A resolved incident opens again within this time, ms; afterwards the next episode is a new incident. */
  readonly reopenDurationMs: number;
  /** How long after an act the target's own health is judged, ms. */
  readonly healthAfterMs: number;
  /** The fixes that this episode of this incident calls for, in config order. */
  readonly fixesFor: (incident: Incident) => readonly string[];
}

export interface PlannedEffect {
  /** Deterministic: the same decision plans the same effect, so it is stored once. */
  readonly id: string;
  readonly effect: Effect;
  readonly dueAtMs: number;
  /** Effects of one incident run in order; timers stand outside that order. */
  readonly timer: boolean;
}

export interface Step {
  readonly incident: Incident;
  readonly effects: readonly PlannedEffect[];
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
  return { incident: { ...incident, ticket: event.ticket }, effects: [] };
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
  return plan(incident, event.id, { effects, moment });
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
  const { resolvedAtMs: _over, ...rest } = before;
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
  const incident: Incident = { ...before, state: "recovered", lastSeenAtMs: moment.nowMs };
  const effects: Effect[] = [
    { kind: "ticket.comment", note: { about: "closed", cause: event.cause, atMs: moment.nowMs } },
    { kind: "incident.settle", episode: event.episode },
  ];
  return plan(incident, event.id, { effects, moment });
}

function quietPassed(before: Incident, event: QuietPassed, moment: Moment): Step | undefined {
  if (before.state !== "recovered" || before.episode.id !== event.episode) return undefined;
  const incident: Incident = { ...before, state: "resolved", resolvedAtMs: moment.nowMs };
  return plan(incident, event.episode, { effects: [{ kind: "ticket.resolve" }], moment });
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
  return plan(incident, `${run.id}:${run.status}`, { effects, moment });
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
  return plan({ ...before, runs }, `${run.id}:${run.outcome}`, { effects, moment: told.moment });
}

function plan(
  incident: Incident,
  cause: string,
  planned: { readonly effects: readonly Effect[]; readonly moment: Moment },
): Step {
  const { nowMs, settings } = planned.moment;
  const delays: Partial<Record<Effect["kind"], number>> = {
    "incident.settle": settings.resolveAfterMs,
    "run.check_health": settings.healthAfterMs,
  };
  const effects = planned.effects.map((effect, place) => {
    const delay = delays[effect.kind];
    const id = `${incident.id}:${cause}:${place}:${effect.kind}`;
    return { id, effect, dueAtMs: nowMs + (delay ?? 0), timer: delay !== undefined };
  });
  return { incident, effects };
}
