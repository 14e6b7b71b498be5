/** Computes the tickets and runs that a replay would have led to, with the same reducer and gates. No effects. */
import type { DetectionEvent, EpisodeOpened } from "../detection/event.ts";
import { calledFor, type Fix } from "../healing/fix.ts";
import { gatesWithoutTarget, judgeAll } from "../healing/gates/gates.ts";
import { gatherFacts } from "../healing/gather.ts";
import type { IncidentEvent } from "../incidents/event.ts";
import { fingerprint } from "../incidents/fingerprint.ts";
import type { Incident } from "../incidents/incident.ts";
import { IncidentSet } from "../incidents/incident-set.ts";
import { Placing } from "../incidents/placing.ts";
import type { ReducerSettings } from "../incidents/reduce/aspect.ts";
import { sourceScope } from "../incidents/subject.ts";
import { type Outcome, type TakenEvent, takeEvent } from "../incidents/take-event.ts";
import type { ModelKey } from "../model-key.ts";

export interface WhatIfOptions {
  readonly resolveAfterMs: number;
  readonly reopenDurationMs: number;
  /** Default: as `place` has it. */
  readonly groupWithinMs?: number;
  /** Models by the scope of their source. Default: those of which something was decided. */
  readonly sourceModels?: ReadonlyMap<string, number>;
  readonly fixes: readonly Fix[];
  /** What is decided before is remembered, but not counted, ms since 1970. */
  readonly sinceMs: number;
}

export interface WhatIfCounts {
  readonly episodes: number;
  /** New tickets; an episode that joins or reopens one opens none. */
  readonly tickets: number;
  readonly reopened: number;
  /** Runs of fixes in mode auto that the gates allow, had their target been there. */
  readonly runs: number;
  /** The same of fixes in mode observe: said, not done. */
  readonly observed: number;
  readonly denied: number;
}

/** A ticket that would have been opened, or opened again. */
export interface WhatIfTicket {
  readonly incident: string;
  readonly isReopened: boolean;
  /** Those that it tells of, in the order decided; one at least. */
  readonly episodes: readonly EpisodeOpened[];
}

/** @param events in any order; time is their own, an act takes none */
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
  return { counts: whatIf.counts, tickets: whatIf.tickets };
}

/** A timer of an incident. */
interface Timer {
  readonly incident: string;
  readonly atMs: number;
  readonly event: IncidentEvent;
}

class WhatIf {
  tickets: (WhatIfTicket & { readonly episodes: EpisodeOpened[] })[] = [];
  readonly counts = { episodes: 0, tickets: 0, reopened: 0, runs: 0, observed: 0, denied: 0 };
  readonly #options: WhatIfOptions;
  readonly #settings: ReducerSettings;
  readonly #incidents = new IncidentSet({ incidents: [], members: [], nextNumber: 1 });
  readonly #placing: Placing;
  readonly #attempts = new Map<string, { readonly atMs: number; readonly incident: string }[]>();
  /** In the order of their times: each waits equally long. */
  readonly #timers: Timer[] = [];

  constructor(options: WhatIfOptions, sourceModels: ReadonlyMap<string, number>) {
    const { fixes, resolveAfterMs, reopenDurationMs, groupWithinMs } = options;
    this.#options = options;
    this.#placing = new Placing({ open: new Map(), memberships: new Map(), sourceModels });
    this.#settings = {
      resolveAfterMs,
      reopenDurationMs,
      ...(groupWithinMs !== undefined && { groupWithinMs }),
      healthAfterMs: 0,
      fixesFor: (incident) =>
        fixes.filter((fix) => calledFor(fix, incident)).map(({ name }) => name),
    };
  }

  take(event: DetectionEvent): void {
    if (event.type === "quarantined") return;
    const nowMs = event.at / 1000;
    while (this.#timers[0] !== undefined && this.#timers[0].atMs <= nowMs) {
      const { incident, event: passed, atMs } = this.#timers.shift()!;
      this.#apply({ event: passed, incident }, atMs);
    }
    if (event.type !== "episode_opened") {
      const own = fingerprint({ kind: "model", key: event.model });
      this.#apply({ event, incident: this.#placing.incidentOf(own) }, nowMs);
      return;
    }
    const placed = this.#placing.take(event, { ...this.#settings, nowMs });
    const before = this.#incidents.find(placed.incident);
    const outcome = this.#apply({ event, incident: placed.incident, placed }, nowMs);
    if (nowMs < this.#options.sinceMs || outcome === undefined) return;
    this.counts.tickets -= placed.absorbs.length;
    this.tickets = this.tickets.filter(({ incident }) => !placed.absorbs.includes(incident));
    this.#count(before?.id, outcome, event);
  }

  #count(before: string | undefined, { about, effects }: Outcome, event: EpisodeOpened): void {
    const incident = about.id;
    this.counts.episodes++;
    if (!effects.some(({ planned: { effect } }) => effect.kind === "ticket.open")) {
      this.tickets.findLast((ticket) => ticket.incident === incident)?.episodes.push(event);
      return;
    }
    const isReopened = before === incident;
    if (isReopened) this.counts.reopened++;
    else this.counts.tickets++;
    this.tickets.push({ incident, isReopened, episodes: [event] });
  }

  #apply(taken: TakenEvent, nowMs: number): Outcome | undefined {
    const outcome = takeEvent(this.#incidents, taken, { nowMs, settings: this.#settings });
    if (outcome?.step === undefined) return undefined;
    this.#placing.follow(outcome.step);
    for (const { incident, planned } of outcome.effects) {
      const { effect, dueAtMs: atMs } = planned;
      if (effect.kind === "run.start") this.#run(effect.fix, outcome.step.incident, nowMs);
      if (effect.kind !== "incident.settle") continue;
      const event = { type: "quiet_passed", episode: effect.episode } as const;
      this.#timers.push({ incident, atMs, event });
    }
    return outcome;
  }

  /** The target is taken to be there, and the store never to have been restored. */
  #run(name: string, incident: Incident, nowMs: number): void {
    const fix = this.#options.fixes.find((known) => known.name === name);
    if (fix === undefined) return;
    const attempts = this.#attempts.get(name) ?? [];
    const { allow } = judgeAll(gatesWithoutTarget, {
      ...gatherFacts(incident, { nowMs, fix, restoredAtMs: undefined }),
      attempts: attempts.map(({ atMs }) => atMs),
      lastAttemptEndMs: attempts.at(-1)?.atMs,
      actsForIncident: attempts
        .filter((past) => past.incident === incident.id)
        .map(({ atMs }) => ({ atMs, outcome: null })),
    });
    // What is only said is no attempt, and uses nothing up.
    if (allow && fix.mode === "auto")
      this.#attempts.set(name, [...attempts, { atMs: nowMs, incident: incident.id }]);
    if (nowMs < this.#options.sinceMs) return;
    if (!allow) this.counts.denied++;
    else if (fix.mode === "auto") this.counts.runs++;
    else this.counts.observed++;
  }
}

/** How many different models there are, by the scope of their source. */
export function countBySource(models: Iterable<ModelKey>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of new Set(models)) {
    const scope = sourceScope({ kind: "model", key });
    counts.set(scope, (counts.get(scope) ?? 0) + 1);
  }
  return counts;
}
