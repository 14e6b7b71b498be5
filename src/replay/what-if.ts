/** Computes the tickets and runs that a replay would have led to, with the same reducer and gates. No effects. */
import type { DetectionEvent, EpisodeOpened } from "../detection/event.ts";
import { calledFor, type Fix } from "../healing/fix.ts";
import type { PastAttempt } from "../healing/gates/gate-facts.ts";
import { gatesWithoutTarget, judgeAll } from "../healing/gates/gates.ts";
import { gatherFacts } from "../healing/gather.ts";
import { type Digest, isDigest } from "../incidents/digest.ts";
import type { IncidentEffect } from "../incidents/effect.ts";
import { fingerprint } from "../incidents/fingerprint.ts";
import type { Incident } from "../incidents/incident.ts";
import { IncidentSet } from "../incidents/incident-set.ts";
import { Placing } from "../incidents/placing.ts";
import type { ReducerSettings } from "../incidents/reduce/aspect.ts";
import type { Step } from "../incidents/reduce/reduce.ts";
import { sourceScope } from "../incidents/subject.ts";
import { type TakenEvent, takeEvent } from "../incidents/take-event.ts";
import { type ModelKey, modelName } from "../model-key.ts";
import { type ToldBy, ToldEpisodes } from "./told-episodes.ts";

export interface WhatIfOptions {
  readonly resolveAfterMs: number;
  readonly reopenDurationMs: number;
  /** Default: that of `place`. */
  readonly groupWithinMs?: number;
  /** The budget of new tickets. Default: any number. */
  readonly maxNewTickets?: ReducerSettings["maxNewTickets"];
  /** Number of models by the scope of their source. Default: models with a decision. */
  readonly sourceModels?: ReadonlyMap<string, number>;
  readonly fixes: readonly Fix[];
  /** Decisions before this are remembered, but not counted, ms since 1970. */
  readonly sinceMs: number;
  /** Effects until this time are counted, ms since 1970. Default: the newest event */
  readonly untilMs?: number;
}

export interface WhatIfCounts {
  readonly episodes: number;
  /** New tickets, including digests. An episode that joins or reopens a ticket opens none. */
  readonly tickets: number;
  readonly reopened: number;
  /** Mails to the watchers of the tickets, without those about results of runs. */
  readonly mails: number;
  /** Runs of fixes in mode auto that the gates allow, if the target exists. */
  readonly runs: number;
  /** Runs of fixes in mode observe or approve that the gates allow. They are reported or proposed, not executed. */
  readonly observed: number;
  readonly denied: number;
}

/** A ticket that would have been opened, or opened again. */
export interface WhatIfTicket {
  readonly incident: string;
  readonly isReopened: boolean;
  /** Episodes in the ticket, in the order decided; at least one. */
  readonly episodes: readonly EpisodeOpened[];
}

/** @param events in any order; each happens at its own time, and effects take no time */
export function simulateIncidents(
  events: readonly DetectionEvent[],
  options: WhatIfOptions,
): WhatIfCounts {
  return simulateTickets(events, options).counts;
}

/** The same, with the tickets one by one. */
export function simulateTickets(
  events: readonly DetectionEvent[],
  options: WhatIfOptions,
): { readonly counts: WhatIfCounts; readonly tickets: readonly WhatIfTicket[] } {
  const whatIf = new WhatIf(
    options,
    options.sourceModels ?? countBySource(events.map(({ model }) => model)),
  );
  for (const event of events.toSorted((a, b) => a.at - b.at)) whatIf.take(event);
  whatIf.end(options.untilMs);
  return { counts: whatIf.counts, tickets: whatIf.tickets };
}

/** A simulated attempt has no target. */
const attempt = { target: null, host: null };

/** An effect of an incident that is due later. */
interface Timer {
  readonly incident: string;
  readonly atMs: number;
  readonly effect: IncidentEffect;
}

class WhatIf {
  readonly counts = {
    episodes: 0,
    tickets: 0,
    reopened: 0,
    mails: 0,
    runs: 0,
    observed: 0,
    denied: 0,
  };
  readonly #options: WhatIfOptions;
  readonly #settings: ReducerSettings;
  readonly #incidents = new IncidentSet({ incidents: [], members: [], nextNumber: 1 });
  readonly #placing: Placing;
  readonly #attempts: (PastAttempt & { readonly incident: string })[] = [];
  /** In the order of their times. */
  readonly #timers: Timer[] = [];
  /** When new tickets were promised, ms since 1970. */
  readonly #promised: number[] = [];
  readonly #told = new ToldEpisodes();
  readonly #tickets: (Omit<WhatIfTicket, "episodes"> & { readonly told: ToldBy })[] = [];
  #nowMs = Number.NEGATIVE_INFINITY;

  constructor(options: WhatIfOptions, sourceModels: ReadonlyMap<string, number>) {
    const { fixes, resolveAfterMs, reopenDurationMs, groupWithinMs, maxNewTickets } = options;
    const several = new Set(
      [...sourceModels].flatMap(([scope, count]) => (count > 1 ? [modelName(scope).source] : [])),
    );
    this.#options = options;
    this.#placing = new Placing({ open: new Map(), memberships: new Map(), sourceModels });
    this.#settings = {
      ticketed: true,
      resolveAfterMs,
      reopenDurationMs,
      ...(groupWithinMs !== undefined && { groupWithinMs }),
      ...(maxNewTickets !== undefined && { maxNewTickets }),
      hasSeveralModels: (source) => several.has(source),
      healthAfterMs: 0,
      fixesFor: (incident) =>
        fixes.filter((fix) => calledFor(fix, incident)).map(({ name }) => name),
    };
  }

  take(event: DetectionEvent): void {
    if (event.type === "quarantined") return;
    this.#passTo(event.at / 1000);
    if (event.type !== "episode_opened") {
      const own = fingerprint({ kind: "model", key: event.model });
      this.#apply({ event, incident: this.#placing.incidentOf(own) });
      return;
    }
    const placed = this.#placing.take(event, { ...this.#settings, nowMs: this.#nowMs });
    const known = this.#incidents.find(placed.incident);
    this.#told.add(event, { ...placed, isOver: known?.state === "resolved" });
    this.#apply({ event, incident: placed.incident, placed });
    if (this.#isCounted) this.counts.episodes++;
  }

  /** Call it after the last event. A ticket that was promised is still opened. */
  end(untilMs = this.#nowMs): void {
    this.#passTo(Math.max(untilMs, this.#nowMs));
    for (const timer of this.#timers.splice(0))
      if (timer.effect.kind === "ticket.open") this.#due(timer);
  }

  get tickets(): readonly WhatIfTicket[] {
    return this.#tickets.map(({ told, ...ticket }) => ({ ...ticket, episodes: told() }));
  }

  get #isCounted(): boolean {
    return this.#nowMs >= this.#options.sinceMs;
  }

  #passTo(ms: number): void {
    while (this.#timers[0] !== undefined && this.#timers[0].atMs <= ms) {
      const timer = this.#timers.shift()!;
      this.#nowMs = Math.max(this.#nowMs, timer.atMs);
      this.#due(timer);
    }
    this.#nowMs = ms;
  }

  #due({ incident, effect }: Timer): void {
    if (effect.kind === "ticket.open") this.#openTicket(incident);
    if (effect.kind === "incident.tell_members")
      this.#apply({ event: { type: "members_due" }, incident });
    if (effect.kind === "incident.settle")
      this.#apply({ event: { type: "quiet_passed", episode: effect.episode }, incident });
  }

  #noteDigest({ incident, digestEntry }: Step): void {
    const digest = digestEntry && this.#incidents.digestOf(incident, digestEntry);
    if (digest !== undefined) this.#told.addToDigest(digest.id, incident.id);
  }

  /**
   * Opens the ticket of an incident. Like the executor of tickets, it opens none if another ticket contains the
   * incident by now.
   */
  #openTicket(id: string): void {
    const found = this.#incidents.get(id);
    if (found === undefined || isToldElsewhere(found)) return;
    const isReopened = found.ticket !== undefined;
    if (this.#isCounted) {
      this.counts[isReopened ? "reopened" : "tickets"]++;
      this.#tickets.push({ incident: id, isReopened, told: this.#told.by(id) });
    }
    const ticket = found.ticket ?? { id, key: id, url: "" };
    this.#apply({ event: { type: "ticket_opened", ticket }, incident: id });
  }

  #apply(taken: TakenEvent): void {
    const nowMs = this.#nowMs;
    const mailed = this.#mailed(taken);
    const ticketsLeft = this.#ticketsLeft();
    const moment = { nowMs, settings: this.#settings, ticketsLeft };
    const outcome = takeEvent(this.#incidents, taken, moment);
    if (outcome === undefined) return;
    if (outcome.promisesTicket) this.#promised.push(nowMs);
    if (outcome.step !== undefined) {
      this.#placing.follow(outcome.step);
      this.#noteDigest(outcome.step);
    }
    if (this.#isCounted) this.counts.mails += Math.max(0, mailsOf(outcome.about) - mailed);
    for (const { incident, planned } of outcome.effects) {
      const { effect, dueAtMs: atMs } = planned;
      if (effect.kind === "run.start" && outcome.step !== undefined)
        this.#run(effect.fix, outcome.step.incident, nowMs);
      if (timed.has(effect.kind)) this.#wait({ incident, atMs, effect });
    }
  }

  /** Mails so far about the incident or digest of the event. */
  #mailed({ event, incident = "" }: TakenEvent): number {
    const opened = event.type === "ticket_opened";
    const about = opened ? this.#incidents.get(incident) : this.#incidents.find(incident);
    return about === undefined ? 0 : mailsOf(about);
  }

  #wait(timer: Timer): void {
    const place = this.#timers.findLastIndex(({ atMs }) => atMs <= timer.atMs);
    this.#timers.splice(place + 1, 0, timer);
  }

  #ticketsLeft(): number {
    const { maxNewTickets } = this.#options;
    if (maxNewTickets === undefined) return Number.POSITIVE_INFINITY;
    const { count, windowMs } = maxNewTickets;
    while (this.#promised[0] !== undefined && this.#promised[0] <= this.#nowMs - windowMs)
      this.#promised.shift();
    return count - this.#promised.length;
  }

  /** Decides about a run. The target is assumed to exist, and the store never to have been restored. */
  #run(name: string, incident: Incident, nowMs: number): void {
    const fix = this.#options.fixes.find((known) => known.name === name);
    if (fix === undefined) return;
    const own = this.#attempts.filter((past) => past.fix === name);
    const decision = judgeAll(gatesWithoutTarget, {
      ...gatherFacts(incident, {
        nowMs,
        fix,
        restoredAtMs: undefined,
        asks: fix.mode === "approve",
      }),
      attempts: this.#attempts,
      lastAttemptEndMs: own.at(-1)?.atMs,
      actsForIncident: own
        .filter((past) => past.incident === incident.id)
        .map(({ atMs }) => ({ atMs, outcome: null })),
    });
    // Whether a person would have approved is unknown, so a run that waits only for approval counts.
    const allow = decision.allow || decision.retry === "word";
    // A run that is only reported or proposed is no attempt, so it does not use the budget.
    if (allow && fix.mode === "auto")
      this.#attempts.push({ ...attempt, atMs: nowMs, fix: name, incident: incident.id });
    if (nowMs < this.#options.sinceMs) return;
    if (!allow) this.counts.denied++;
    else if (fix.mode === "auto") this.counts.runs++;
    else this.counts.observed++;
  }
}

/** Effects that are due later and change what people are told. */
const timed: ReadonlySet<string> = new Set([
  "ticket.open",
  "incident.settle",
  "incident.tell_members",
]);

function isToldElsewhere(about: Incident | Digest): boolean {
  return !isDigest(about) && (about.inDigest === true || about.partOf !== undefined);
}

/** Mails of an incident, as counted with it; of a digest, one for opening its ticket and one for closing it. */
function mailsOf(about: Incident | Digest): number {
  if (!isDigest(about)) return about.mails?.sent ?? 0;
  const isClosed = about.ticket !== undefined && about.state === "resolved";
  return (about.ticket === undefined ? 0 : 1) + (isClosed ? 1 : 0);
}

/** Number of different models, by the scope of their source. */
export function countBySource(models: Iterable<ModelKey>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of new Set(models)) {
    const scope = sourceScope({ kind: "model", key });
    counts.set(scope, (counts.get(scope) ?? 0) + 1);
  }
  return counts;
}
