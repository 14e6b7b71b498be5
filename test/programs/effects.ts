/** Effects carried out by a worker of this process, with handlers that note their calls. */
import type { Logger } from "pino";
import { Registry } from "prom-client";
import { systemClock } from "../../src/clock.ts";
import type { EpisodeOpened } from "../../src/detection/event.ts";
import type { Digest } from "../../src/incidents/digest.ts";
import { loadEffectSubject } from "../../src/incidents/effect-subject.ts";
import type { IncidentEvent } from "../../src/incidents/event.ts";
import type { IncidentExecutor } from "../../src/incidents/executor.ts";
import type { Incident } from "../../src/incidents/incident.ts";
import { type RecordOptions, recordEvents } from "../../src/incidents/record-events.ts";
import { outboxMetrics } from "../../src/outbox/metrics.ts";
import { Outbox } from "../../src/outbox/outbox.ts";
import { countEffects } from "../../src/store/outbox/inspect.ts";
import type { Store } from "../../src/store/store.ts";
import { episodeOpened } from "../fakes/episodes.ts";
import { executorsOf, type Handlers, orderKeyOf } from "./executors.ts";
import { silent } from "./store.ts";

const recording: RecordOptions = {
  clock: systemClock,
  orderKeyOf,
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
): Handlers {
  const times = new Map<string, number>();
  const noted = async (
    effect: { kind: string },
    _incident: unknown,
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
    "ticket.ensure": noted,
    "ticket.update": noted,
    "ticket.link": noted,
    "ticket.assign": noted,
    "ticket.picture": noted,
    "ticket.open_again": noted,
    "stream.append": noted,
    "ticket.reopen": noted,
    "incident.ack_lapse": noted,
    "incident.silence_over": noted,
    "run.start": noted,
    "run.check_health": noted,
    "run.ask_model": noted,
    "run.ask_again": noted,
    "run.retry": noted,
    "run.proposal_over": noted,
    "incident.tell_members": noted,
    "incident.settle": async (effect, incident, attempt) => {
      await noted(effect, incident, attempt);
      return [{ type: "quiet_passed", episode: effect.episode }];
    },
  };
}

export type TestOutbox = Outbox<Incident | Digest, IncidentEvent>;

/** The outbox as the app puts it together. */
export function outboxOf(
  store: Store,
  executors: readonly IncidentExecutor[],
  options: {
    readonly recording: RecordOptions;
    readonly owner: string;
    readonly registry?: Registry;
    readonly logger?: Logger;
  },
): TestOutbox {
  const { recording: how, owner, registry = new Registry(), logger = silent } = options;
  return new Outbox({
    store,
    executors,
    load: (incident, effect) => loadEffectSubject(store, incident, effect),
    record: (tx, incident, events) =>
      recordEvents(
        tx,
        events.map((event) => ({ event, incident })),
        how,
      ),
    owner,
    clock: systemClock,
    logger,
    metrics: outboxMetrics(registry, async () => ({})),
  });
}

const isAway = (error: unknown): boolean =>
  error instanceof Error && error.message.includes("away");

export async function withWorker(
  store: Store,
  effects: Handlers,
  work: (worker: TestOutbox, registry: Registry) => Promise<unknown>,
): Promise<void> {
  const registry = new Registry();
  const worker = outboxOf(store, executorsOf(effects, isAway), {
    recording,
    owner: `test-${Math.random()}`,
    registry,
  });
  worker.start();
  try {
    await work(worker, registry);
  } finally {
    await worker.stop();
  }
}

export const open = (store: Store, changes: Partial<EpisodeOpened> = {}): Promise<void> =>
  record(store, episodeOpened(changes));
/** What detection decided, recorded in a transaction of its own. */
export const record = (store: Store, event: IncidentEvent, options = recording): Promise<void> =>
  store.transaction((tx) => recordEvents(tx, [{ event }], options));
export const allDone = async (store: Store): Promise<boolean> => {
  const { pending, working } = await countEffects(store);
  return pending + working === 0;
};
