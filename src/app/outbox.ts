/** Builds the outbox: the list of executors, and where their events are recorded. */
import { questionExecutor, runExecutor } from "../healing/executors.ts";
import { stormWindowMs } from "../healing/gates/storm.ts";
import { freezesMetric, healingMetrics, stormMetric } from "../healing/metrics.ts";
import { rollLedger } from "../healing/roll-ledger.ts";
import { runLedger } from "../healing/run-ledger.ts";
import { type ConfiguredFix, Runner } from "../healing/runner.ts";
import type { Health } from "../health.ts";
import { loadEffectSubject } from "../incidents/effect-subject.ts";
import { type IncidentExecutor, timerExecutor } from "../incidents/executor.ts";
import { isInForce } from "../incidents/freeze.ts";
import { incidentsMetrics } from "../incidents/metrics.ts";
import { type RecordOptions, recordEvents } from "../incidents/record-events.ts";
import { oldestEffectMetric, outboxMetrics } from "../outbox/metrics.ts";
import { Outbox } from "../outbox/outbox.ts";
import { freezesNotOver } from "../store/freezes/freeze.ts";
import { countOpenIncidents } from "../store/incidents/list.ts";
import { agesOfDue, countEffects } from "../store/outbox/inspect.ts";
import { countRecurred } from "../store/runs/helped.ts";
import { openBreakers } from "../store/runs/judged.ts";
import { countRuns } from "../store/runs/list.ts";
import { stormDenials } from "../store/runs/storm.ts";
import { answerExecutor } from "../tickets/answering.ts";
import { ticketExecutor } from "../tickets/executor.ts";
import type { Environment } from "../tickets/jira/proxy.ts";
import { pictureExecutor } from "../tickets/picture/executor.ts";
import type { Ticketing } from "../tickets/ticketing.ts";
import { buildAlertExecutor, buildOverdueWatch } from "./alertmanager.ts";
import { knownPeople } from "./commands.ts";
import type { StoredParts } from "./parts.ts";
import type { Stream } from "./stream.ts";

export interface RunnerParts {
  readonly fixes: readonly ConfiguredFix[];
  /** When the store was last restored from a backup; undefined when it never was. */
  readonly restoredAtMs: () => number | undefined;
}

export interface ExecutorParts extends Pick<RunnerParts, "restoredAtMs"> {
  readonly runner: Runner;
  /** Undefined where there is no tracker. */
  readonly ticketing: Ticketing | undefined;
  readonly stream: Stream;
  /** Environment of the process. */
  readonly environment: Environment;
}

/** Decides and carries out runs, those of incidents and those that people ask for. */
export function buildRunner(parts: StoredParts, { fixes, restoredAtMs }: RunnerParts): Runner {
  const { store, clock, registry, config } = parts;
  stormMetric(registry, () => stormDenials(store, clock.now() - stormWindowMs));
  freezesMetric(registry, async () => {
    const nowMs = clock.now();
    return (await freezesNotOver(store, nowMs)).filter((one) => isInForce(one, nowMs)).length;
  });
  return new Runner({
    fixes,
    rolls: rollLedger(store, clock),
    ledger: runLedger(store, clock),
    clock,
    logger: parts.logger.child({ component: "healing" }),
    metrics: healingMetrics(registry, () => countRuns(store), {
      fixes: config.fixes.flatMap(({ name, mode }) => (mode === "off" ? [] : [name])),
      open: () => openBreakers(store),
      recurred: () => countRecurred(store),
    }),
    restoredAtMs,
    canAnswer: knownPeople(config).whoCan("responder"),
  });
}

/** All executors of effects, one a line. A new channel is a folder and a line here. */
export function buildExecutors(
  parts: StoredParts,
  { runner, ticketing, stream, restoredAtMs, environment }: ExecutorParts,
): readonly IncidentExecutor[] {
  const { config } = parts;
  const verify = {
    modelAfterMs: config.verify.model_after,
    minAttributions: config.verify.min_attributions,
    giveUpCadences: config.verify.give_up_after,
  };
  return [
    ticketExecutor({ ticketing, restoredAtMs }),
    answerExecutor(ticketing),
    pictureExecutor(ticketing?.picture),
    buildAlertExecutor(parts, environment),
    runExecutor(runner),
    questionExecutor(verify, async (record) => {
      await stream.append([record]);
    }),
    timerExecutor,
  ];
}

/** Starts the outbox, and the watch on tickets and questions that are overdue. */
export function buildOutbox(
  parts: StoredParts,
  executors: readonly IncidentExecutor[],
  recording: RecordOptions,
): { dependencyHealth(name: string): Health } {
  const { store, clock, registry, lifecycle, owner } = parts;
  incidentsMetrics(registry, () => countOpenIncidents(store));
  const outbox = new Outbox({
    store,
    executors,
    load: (incident, effect) => loadEffectSubject(store, incident, effect),
    record: (tx, incident, events) =>
      recordEvents(
        tx,
        events.map((event) => ({ event, incident })),
        recording,
      ),
    owner,
    clock,
    logger: parts.logger.child({ component: "incidents" }),
    metrics: outboxMetrics(registry, () => countEffects(store)),
    roundOf: (dependency) => parts.rounds.of(`effects of ${dependency}`),
  });
  oldestEffectMetric(registry, () => agesOfDue(store, clock.now()));
  outbox.start();
  parts.health.register("outbox", () => outbox.health());
  lifecycle.onStop("effects", () => outbox.stop());
  buildOverdueWatch(parts);
  return outbox;
}
