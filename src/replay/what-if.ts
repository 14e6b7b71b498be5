/** Computes the tickets and runs that a replay would have led to, with the same reducer and gates. No effects. */
import type { DetectionEvent } from "../detection/event.ts";
import { calledFor, type Fix } from "../healing/fix.ts";
import { gatesWithoutTarget, judgeAll } from "../healing/gates/gates.ts";
import { gatherFacts } from "../healing/gather.ts";
import type { IncidentEvent } from "../incidents/event.ts";
import { fingerprint } from "../incidents/fingerprint.ts";
import type { Incident } from "../incidents/incident.ts";
import type { ReducerSettings } from "../incidents/reduce/aspect.ts";
import { reduce, type Step } from "../incidents/reduce/reduce.ts";

export interface WhatIfOptions {
  readonly resolveAfterMs: number;
  readonly reopenDurationMs: number;
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

/** @param events in any order; time is their own, an act takes none */
export function simulateIncidents(
  events: readonly DetectionEvent[],
  options: WhatIfOptions,
): WhatIfCounts {
  const whatIf = new WhatIf(options);
  for (const event of events.toSorted((a, b) => a.at - b.at)) whatIf.take(event);
  return whatIf.counts;
}

interface Known {
  readonly incident: Incident;
  /** The episode that closed, and when its quiet time is over. */
  readonly quiet: { readonly episode: string; readonly atMs: number } | undefined;
}

class WhatIf {
  readonly counts = { episodes: 0, tickets: 0, reopened: 0, runs: 0, observed: 0, denied: 0 };
  readonly #options: WhatIfOptions;
  readonly #settings: ReducerSettings;
  readonly #known = new Map<string, Known>();
  readonly #attempts = new Map<string, number[]>();

  constructor(options: WhatIfOptions) {
    const { resolveAfterMs, reopenDurationMs, fixes } = options;
    this.#options = options;
    this.#settings = {
      resolveAfterMs,
      reopenDurationMs,
      healthAfterMs: 0,
      fixesFor: (incident) =>
        fixes.filter((fix) => calledFor(fix, incident)).map(({ name }) => name),
    };
  }

  take(event: DetectionEvent): void {
    if (event.type === "quarantined") return;
    const nowMs = event.at / 1000;
    const subject = fingerprint({ kind: "model", key: event.model });
    const quiet = this.#known.get(subject)?.quiet;
    if (quiet !== undefined && quiet.atMs <= nowMs) {
      this.#reduce(subject, { type: "quiet_passed", episode: quiet.episode }, quiet.atMs);
    }
    const before = this.#known.get(subject)?.incident;
    const step = this.#reduce(subject, event, nowMs);
    const counts = nowMs >= this.#options.sinceMs && event.type === "episode_opened";
    if (counts && step !== undefined) this.#count(before, step);
  }

  #count(before: Incident | undefined, { incident, effects }: Step): void {
    this.counts.episodes++;
    if (!effects.some(({ effect }) => effect.kind === "ticket.open")) return;
    if (before?.id === incident.id) this.counts.reopened++;
    else this.counts.tickets++;
  }

  #reduce(subject: string, event: IncidentEvent, nowMs: number): Step | undefined {
    const nextNumber = this.#known.size + 1;
    const moment = { nowMs, nextNumber, settings: this.#settings };
    const step = reduce(this.#known.get(subject)?.incident, event, moment);
    if (step === undefined) return undefined;
    const settle = step.effects.find(({ effect }) => effect.kind === "incident.settle");
    const quiet = settle && { episode: step.incident.episode.id, atMs: settle.dueAtMs };
    this.#known.set(subject, { incident: step.incident, quiet });
    for (const { effect } of step.effects) {
      if (effect.kind === "run.start") this.#run(effect.fix, step.incident, nowMs);
    }
    return step;
  }

  /** The target is taken to be there, and the store never to have been restored. */
  #run(name: string, incident: Incident, nowMs: number): void {
    const fix = this.#options.fixes.find((known) => known.name === name);
    if (fix === undefined) return;
    const attempts = this.#attempts.get(name) ?? [];
    const { allow } = judgeAll(gatesWithoutTarget, {
      ...gatherFacts(incident, { nowMs, fix, restoredAtMs: undefined }),
      attempts,
      lastAttemptEndMs: attempts.at(-1),
    });
    // What is only said is no attempt, and uses nothing up.
    if (allow && fix.mode === "auto") this.#attempts.set(name, [...attempts, nowMs]);
    if (nowMs < this.#options.sinceMs) return;
    if (!allow) this.counts.denied++;
    else if (fix.mode === "auto") this.counts.runs++;
    else this.counts.observed++;
  }
}
