/** Lives of incidents: the real reducer and ticket executor over the Jira double, in time that leaps. */
import { pino } from "pino";
import { Registry } from "prom-client";
import { type Digest, isDigest } from "../../src/incidents/digest.ts";
import type { IncidentEffect } from "../../src/incidents/effect.ts";
import type { IncidentEvent } from "../../src/incidents/event.ts";
import { type IncidentExecutor, timerExecutor } from "../../src/incidents/executor.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { IncidentSet } from "../../src/incidents/incident-set.ts";
import { Placing } from "../../src/incidents/placing.ts";
import type { ReducerSettings } from "../../src/incidents/reduce/aspect.ts";
import { takeEvent } from "../../src/incidents/take-event.ts";
import type { Handled } from "../../src/outbox/executor.ts";
import type { JiraSandbox } from "../../src/sandbox/jira/server.ts";
import { ticketExecutor } from "../../src/tickets/executor.ts";
import { ticketsMetrics } from "../../src/tickets/metrics.ts";
import { createTicketing } from "../../src/tickets/ticketing.ts";
import { goodPermit } from "../fakes/permit.ts";
import { openExample } from "./jira/open-example.ts";

const minute = 60_000;
const settings: ReducerSettings = {
  ticketed: true,
  resolveAfterMs: 15 * minute,
  reopenDurationMs: 7 * 24 * 60 * minute,
  healthAfterMs: minute,
  closedByHandMs: 240 * minute,
  hasSeveralModels: () => true,
  fixesFor: () => [],
};

interface Waiting {
  readonly incident: string;
  readonly id: string;
  readonly effect: IncidentEffect;
  readonly dueAtMs: number;
  readonly timer: boolean;
}

export class IncidentLife {
  nowMs = 1_760_000_000_000;
  readonly #incidents = new IncidentSet({ incidents: [], members: [], nextNumber: 1 });
  readonly #placing = new Placing({
    open: new Map(),
    memberships: new Map(),
    sourceModels: new Map(),
  });
  readonly #executor;
  /** Told of each effect that was carried out. */
  readonly #onDone: (effect: IncidentEffect) => void;
  #waiting: Waiting[] = [];

  constructor(jira: JiraSandbox, onDone: (effect: IncidentEffect) => void = () => undefined) {
    this.#onDone = onDone;
    const logger = pino({ enabled: false });
    const ticketing = createTicketing({
      tracker: openExample(jira.url),
      clock: { now: () => this.nowMs, at: (ms) => ms, sleep: () => Promise.resolve() },
      logger,
      metrics: ticketsMetrics(new Registry()),
      context: { priorities: { P0: "Highest", P1: "High", P2: "Low" } },
    });
    this.#executor = ticketExecutor({ ticketing, restoredAtMs: () => undefined });
  }

  /** Those that are no part of another. */
  get incidents(): readonly Incident[] {
    const all = this.#incidents.changed("new");
    return all.filter((one): one is Incident => !isDigest(one) && one.partOf === undefined);
  }

  /** @param incident its id; left out, the one that the event's subject is in */
  async take(event: IncidentEvent, incident?: string): Promise<void> {
    this.#apply(event, incident);
    await this.#carryOut();
  }

  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const next = Math.min(...this.#next().map(({ dueAtMs }) => dueAtMs));
      this.nowMs = Math.max(this.nowMs, Math.min(next, untilMs));
      if (next > untilMs) return;
      await this.#carryOut();
    }
  }

  #apply(event: IncidentEvent, incident: string | undefined): void {
    const at = { nowMs: this.nowMs, settings };
    const opens = event.type === "episode_opened" && incident === undefined;
    const placed = opens
      ? this.#placing.take(event, { ...settings, nowMs: this.nowMs })
      : undefined;
    const outcome = takeEvent(
      this.#incidents,
      { event, incident: placed?.incident ?? incident, placed },
      at,
    );
    if (outcome?.step !== undefined) this.#placing.follow(outcome.step);
    for (const { incident: about, planned } of outcome?.effects ?? [])
      this.#waiting.push({ incident: about, ...planned });
  }

  /** What is due; the tickets' effects of one incident in their order. */
  async #carryOut(): Promise<void> {
    for (let due = this.#due(); due !== undefined; due = this.#due()) {
      const done = due;
      this.#waiting = this.#waiting.filter((one) => one !== done);
      const { incident, effect } = done;
      const about = this.#incidents.get(incident);
      if (about === undefined || effect.kind.startsWith("run.")) continue;
      const handled = await this.#handle(done, about);
      this.#onDone(effect);
      const events = Array.isArray(handled) ? handled : "events" in handled ? handled.events : [];
      for (const event of events) this.#apply(event, incident);
    }
  }

  /** Those that wait for nothing but their time. */
  #next(): readonly Waiting[] {
    const before = new Set<string>();
    return this.#waiting.filter(({ timer, incident }) => {
      const isFree = timer || !before.has(incident);
      if (!timer) before.add(incident);
      return isFree;
    });
  }

  #due(): Waiting | undefined {
    return this.#next().find(({ dueAtMs }) => dueAtMs <= this.nowMs);
  }

  #handle({ id, effect }: Waiting, about: Incident | Digest): Promise<Handled<IncidentEvent>> {
    const attempt = { id, attempt: 1, unknown: false, mayAct: goodPermit };
    const executors: readonly IncidentExecutor[] = [timerExecutor, this.#executor];
    const handler = executors.find(({ handlers }) => effect.kind in handlers)?.handlers[
      effect.kind
    ];
    if (handler === undefined) throw new Error(`nobody carries out ${effect.kind}`);
    return handler(effect, about, attempt);
  }
}
