/** Effects carried out by a worker of this process, with handlers that note their calls. */
import { Registry } from "prom-client";
import { expect } from "vitest";
import { systemClock } from "../../src/clock.ts";
import type { EpisodeOpened } from "../../src/detection/event.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { type ApplyOptions, applyDecision } from "../../src/incidents/record-events.ts";
import type { EffectHandlers } from "../../src/outbox/executor.ts";
import { outboxMetrics } from "../../src/outbox/metrics.ts";
import { EffectsWorker } from "../../src/outbox/outbox.ts";
import { countEffects } from "../../src/store/outbox/inspect.ts";
import type { Store } from "../../src/store/store.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { eventually as eventuallyHolds } from "./eventually.ts";
import { silent } from "./store.ts";

export const apply: ApplyOptions = {
  clock: systemClock,
  settings: {
    resolveAfterMs: 50,
    reopenDurationMs: 60_000,
    healthAfterMs: 50,
    fixesFor: () => ["restart-svc"],
  },
};

export interface Called {
  readonly kind: string;
  readonly unknown: boolean;
}

/** Handlers that note their calls; each may be made to fail. */
export function handlers(
  called: Called[],
  fail: (kind: string, times: number) => Error | undefined = () => undefined,
): EffectHandlers {
  const times = new Map<string, number>();
  const noted = async (
    effect: { kind: string },
    _incident: Incident,
    attempt: { unknown: boolean },
  ) => {
    called.push({ kind: effect.kind, unknown: attempt.unknown });
    const time = (times.get(effect.kind) ?? 0) + 1;
    times.set(effect.kind, time);
    const error = fail(effect.kind, time);
    if (error !== undefined) throw error;
    return [];
  };
  return {
    "ticket.open": async (...given) => {
      await noted(...given);
      return [
        { type: "ticket_opened", ticket: { id: "1", key: "IR-1", url: "http://127.0.0.1/IR-1" } },
      ];
    },
    "ticket.repeat": noted,
    "ticket.comment": noted,
    "ticket.resolve": noted,
    "run.start": noted,
    "run.check_health": noted,
    "run.ask_model": noted,
    "incident.settle": async (effect, incident, attempt) => {
      await noted(effect, incident, attempt);
      return [{ type: "quiet_passed", episode: effect.episode }];
    },
  };
}

export async function withWorker(
  store: Store,
  effects: EffectHandlers,
  work: (worker: EffectsWorker, registry: Registry) => Promise<unknown>,
): Promise<void> {
  const registry = new Registry();
  const worker = new EffectsWorker({
    store,
    handlers: effects,
    isAway: (_dependency, error) => error instanceof Error && error.message.includes("away"),
    apply,
    owner: `test-${Math.random()}`,
    clock: systemClock,
    logger: silent,
    metrics: outboxMetrics(registry, async () => ({})),
  });
  worker.start();
  try {
    await work(worker, registry);
  } finally {
    await worker.stop();
  }
}

export const eventually = (condition: () => Promise<boolean>): Promise<unknown> =>
  eventuallyHolds(async () => expect(await condition()).toBe(true));
export const open = (store: Store, changes: Partial<EpisodeOpened> = {}): Promise<void> =>
  store.transaction(async (tx) => {
    await applyDecision(tx, episodeOpened(changes), apply);
  });
export const allDone = async (store: Store): Promise<boolean> => {
  const { pending, working } = await countEffects(store);
  return pending + working === 0;
};
