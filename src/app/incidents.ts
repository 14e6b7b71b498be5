/** Incidents, tickets and runs as configured: who applies events, and who carries effects out. */
import { defaultQuietTimes } from "../config/jira.ts";
import type { Config } from "../config/schema.ts";
import { readSecret } from "../config/secret.ts";
import { questionExecutor, runExecutor } from "../healing/executors.ts";
import { calledFor } from "../healing/fix.ts";
import { healingMetrics } from "../healing/metrics.ts";
import { runLedger } from "../healing/run-ledger.ts";
import { type ConfiguredFix, Runner } from "../healing/runner.ts";
import { type IncidentExecutor, timerExecutor } from "../incidents/executor.ts";
import { incidentsMetrics } from "../incidents/metrics.ts";
import { type RecordOptions, recordEvents } from "../incidents/record-events.ts";
import type { ReducerSettings } from "../incidents/reduce/aspect.ts";
import { orderKeys } from "../outbox/executor.ts";
import { outboxMetrics } from "../outbox/metrics.ts";
import { Outbox } from "../outbox/outbox.ts";
import { getIncident } from "../store/incidents/incident.ts";
import { countOpenIncidents } from "../store/incidents/list.ts";
import { countEffects } from "../store/outbox/inspect.ts";
import { countRuns } from "../store/runs/list.ts";
import { ticketExecutor } from "../tickets/executor.ts";
import { openJira } from "../tickets/jira/jira.ts";
import { ticketsMetrics } from "../tickets/metrics.ts";
import { createTicketing, type Ticketing } from "../tickets/ticketing.ts";
import type { StoredParts } from "./parts.ts";
import type { Stream } from "./stream.ts";

/** How long an incident waits before it is resolved, and how long it reopens. */
export function quietTimes(
  jira: Config["jira"],
): Pick<ReducerSettings, "resolveAfterMs" | "reopenDurationMs"> {
  const { resolve_after, reopen_duration } = jira ?? defaultQuietTimes;
  return { resolveAfterMs: resolve_after, reopenDurationMs: reopen_duration };
}

/** How events change incidents under this configuration. */
export function recordOptions(
  { config, clock }: StoredParts,
  fixes: readonly ConfiguredFix[],
  executors: readonly IncidentExecutor[],
): RecordOptions {
  return {
    clock,
    orderKeyOf: orderKeys(executors),
    settings: {
      ticketed: config.jira !== undefined,
      ...quietTimes(config.jira),
      healthAfterMs: config.verify.health_after,
      fixesFor: (incident) =>
        fixes.filter(({ fix }) => calledFor(fix, incident)).map(({ fix }) => fix.name),
    },
  };
}

export interface ExecutorParts {
  readonly fixes: readonly ConfiguredFix[];
  readonly stream: Stream;
  /** When the store was last restored from a backup; undefined when it never was. */
  readonly restoredAtMs: () => number | undefined;
}

/** Everybody who carries effects out: one line for each dependency. A channel is a folder and a line here. */
export function buildExecutors(
  parts: StoredParts,
  { fixes, stream, restoredAtMs }: ExecutorParts,
): readonly IncidentExecutor[] {
  const { store, clock, registry, config } = parts;
  const runner = new Runner({
    fixes,
    ledger: runLedger(store),
    clock,
    logger: parts.logger.child({ component: "healing" }),
    metrics: healingMetrics(registry, () => countRuns(store)),
    restoredAtMs,
  });
  const verify = {
    modelAfterMs: config.verify.model_after,
    minAttributions: config.verify.min_attributions,
    giveUpCadences: config.verify.give_up_after,
  };
  return [
    ticketExecutor({ ticketing: wireTicketing(parts), restoredAtMs }),
    runExecutor(runner),
    questionExecutor(verify, (record) => stream.append([record])),
    timerExecutor,
  ];
}

/** Starts carrying effects out. */
export function startOutbox(
  parts: StoredParts,
  executors: readonly IncidentExecutor[],
  recording: RecordOptions,
): void {
  const { store, clock, registry, lifecycle, owner, config } = parts;
  incidentsMetrics(registry, () => countOpenIncidents(store));
  const outbox = new Outbox({
    store,
    executors,
    load: (incident) => getIncident(store, incident),
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
  });
  outbox.start();
  parts.health.register("outbox", () => outbox.health());
  for (const dependency of configuredDependencies(config)) {
    parts.health.register(dependency, () => outbox.dependencyHealth(dependency));
  }
  lifecycle.onStop("effects", () => outbox.stop());
}

/** The stream answers for itself. */
function configuredDependencies({ jira, fixes }: Config): readonly ("tracker" | "engine")[] {
  return [
    ...(jira === undefined ? [] : (["tracker"] as const)),
    ...(fixes.length === 0 ? [] : (["engine"] as const)),
  ];
}

function wireTicketing({ config, clock, registry, logger }: StoredParts): Ticketing | undefined {
  const { jira, links } = config;
  if (jira === undefined) return undefined;
  const log = logger.child({ component: "tickets" });
  const metrics = ticketsMetrics(registry);
  const tracker = openJira({
    url: jira.url,
    user: jira.user ?? "",
    token: readSecret(jira.token_file),
    auth: jira.auth,
    project: jira.project,
    issueType: jira.issue_type,
    fields: jira.fields,
    deadlineMs: jira.deadline,
    logger: log,
    metrics,
  });
  return createTicketing({
    tracker,
    clock,
    logger: log,
    metrics,
    context: {
      priorities: jira.priorities,
      ...(links.dashboard_url && { dashboardUrl: links.dashboard_url }),
      ...(links.runbook_url && { runbookUrl: links.runbook_url }),
    },
    resolveTransition: jira.resolve_transition,
    reopenTransition: jira.reopen_transition,
    wontFixResolution: jira.wont_fix_resolution,
    lookUpMs: jira.look_up_for,
  });
}
