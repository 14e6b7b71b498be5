/** What the store remembers of incidents, effects and runs, in memory. It answers what the real store answers. */
import type { Verified } from "../../src/detection/event.ts";
import type { HistoryFacts } from "../../src/healing/gates/gate-facts.ts";
import type { HistoryFilter } from "../../src/healing/gather.ts";
import { mayDecideAnew, type RunLedger } from "../../src/healing/run-ledger.ts";
import type { IncidentEvent } from "../../src/incidents/event.ts";
import { fingerprint } from "../../src/incidents/fingerprint.ts";
import type { Freeze } from "../../src/incidents/freeze.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { fingerprintOfEvent } from "../../src/incidents/incident-set.ts";
import type { Member } from "../../src/incidents/member.ts";
import type { ReducerSettings } from "../../src/incidents/reduce/aspect.ts";
import type { PlannedEffect } from "../../src/incidents/reduce/plan.ts";
import { endedByWord } from "../../src/incidents/reduce/proposals.ts";
import { reduce } from "../../src/incidents/reduce/reduce.ts";
import { judgedRun } from "../../src/incidents/reduce/runs.ts";
import type { Run } from "../../src/store/runs/run.ts";
import { historyFor } from "./history-facts.ts";

/** An effect that was promised and is not done. */
export interface Promised extends PlannedEffect {
  readonly incident: string;
  dueMs: number;
  attempt: number;
  /** An attempt has begun and not ended. */
  unknown: boolean;
  lastError: string | undefined;
}

/** What is stored. */
export interface Rows {
  /** Counts the restores. */
  readonly generation: number;
  readonly runs: Map<string, Run>;
  readonly incidents: Map<string, Incident>;
  /** By incident and fingerprint. */
  readonly members: Map<string, Member>;
  readonly effects: Map<string, Promised>;
  /** Ids of effects that were promised before. */
  readonly promised: Set<string>;
  /** Oldest first. */
  readonly freezes: Freeze[];
  /** Questions that the models have not answered. */
  readonly questions: { readonly run: string; readonly model: string }[];
}

const nothingToSeal = async (): Promise<void> => undefined;

export class MemoryStore {
  #rows: Rows = {
    generation: 0,
    runs: new Map(),
    incidents: new Map(),
    members: new Map(),
    effects: new Map(),
    promised: new Set(),
    freezes: [],
    questions: [],
  };
  #backup: Rows = structuredClone(this.#rows);
  readonly #settings: ReducerSettings;
  readonly #now: () => number;

  /** @param now the store's clock */
  constructor(settings: ReducerSettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  get rows(): Rows {
    return this.#rows;
  }

  back(): void {
    this.#backup = structuredClone(this.#rows);
  }

  restore(): void {
    const generation = this.#rows.generation + 1;
    this.#rows = { ...structuredClone(this.#backup), generation };
  }

  /** The newest incident that the model is in. */
  incidentOf(model: string): Incident | undefined {
    const key = fingerprint({ kind: "model", key: model });
    return [...this.#rows.incidents.values()].findLast(({ id }) =>
      this.#rows.members.has(`${id} ${key}`),
    );
  }

  incidentOfRun(run: string): string | undefined {
    return this.#rows.runs.get(run.split("~")[0] ?? "")?.incident;
  }

  /** How many models share the incident. */
  membersOf(incident: string): number {
    return [...this.#rows.members.keys()].filter((key) => key.startsWith(`${incident} `)).length;
  }

  memberOf(incident: string | undefined, model: string): Member | undefined {
    const key = fingerprint({ kind: "model", key: model });
    return this.#rows.members.get(`${incident} ${key}`);
  }

  /** Applies an event to the incident, as recordEvents does. */
  record(event: IncidentEvent, incident: string | undefined): void {
    const { incidents, members, effects, promised } = this.#rows;
    const before = incident === undefined ? undefined : incidents.get(incident);
    const nowMs = this.#now();
    const step = reduce(before, event, {
      nowMs,
      nextNumber: incidents.size + 1,
      settings: this.#settings,
      member: before === undefined ? null : (this.#memberOf(before.id, event) ?? null),
    });
    if (step === undefined) return;
    incidents.set(step.incident.id, step.incident);
    const { member } = step;
    if (member !== undefined) members.set(`${step.incident.id} ${member.fingerprint}`, member);
    for (const planned of step.effects) {
      if (promised.has(planned.id)) continue;
      promised.add(planned.id);
      const { id } = step.incident;
      const fresh = { dueMs: planned.dueAtMs, attempt: 0, unknown: false, lastError: undefined };
      effects.set(planned.id, { ...planned, incident: id, ...fresh });
    }
    this.#follow(step.incident, event, nowMs);
  }

  /** The rows of runs follow what the incident says of them. */
  #follow(incident: Incident, event: IncidentEvent, nowMs: number): void {
    const { runs } = this.#rows;
    const judged = judgedRun(incident, event);
    const known = judged && runs.get(judged.id);
    if (known !== undefined && judged?.outcome !== undefined)
      runs.set(known.id, { ...known, outcome: judged.outcome, finishedAtMs: nowMs });
    for (const { id, status, detail } of endedByWord(incident, event)) {
      const run = runs.get(id);
      if (run?.status === "proposed") runs.set(id, { ...run, status, detail, finishedAtMs: nowMs });
    }
  }

  #memberOf(incident: string, event: IncidentEvent): Member | undefined {
    const { members } = this.#rows;
    if (event.type === "quiet_passed" || event.type === "retry_due")
      return [...members].find(
        ([key, { episode }]) => key.startsWith(`${incident} `) && episode.id === event.episode,
      )?.[1];
    return members.get(`${incident} ${fingerprintOfEvent(event)}`);
  }

  #decide(about: HistoryFilter, judge: (history: HistoryFacts) => Run): Run {
    const { runs } = this.#rows;
    const known = runs.get(about.id);
    if (known !== undefined && !mayDecideAnew(known, about)) return known;
    const run = judge(historyFor(this.#rows, about));
    runs.set(run.id, run);
    return run;
  }

  readonly ledger: RunLedger = {
    get: async (id) => this.#rows.runs.get(id),
    decide: async (about, judge) => this.#decide(about, judge),
    decideIn: async (_, about, judge) => ({ run: this.#decide(about, judge), seal: nothingToSeal }),
    judgeIn: async (_, about, judge) => ({
      run: judge(historyFor(this.#rows, about)),
      seal: nothingToSeal,
    }),
    finish: async (id, { from = "acting", ...change }) => {
      const known = this.#rows.runs.get(id);
      if (known?.status === from) this.#rows.runs.set(id, { ...known, ...change });
      return this.#rows.runs.get(id);
    },
  };
}

/** The answer of a model to a question. */
export function answerOf(
  { run, model }: Rows["questions"][number],
  {
    nowMs,
    outcome,
    n,
  }: { readonly nowMs: number; readonly outcome: Verified["outcome"]; readonly n: number },
): Verified {
  const id = `v${n}`;
  return { type: "verified", id, run, model, at: nowMs * 1000, outcome, detail: "It was asked." };
}
