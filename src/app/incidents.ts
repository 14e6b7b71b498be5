/** Incidents, tickets and runs as configured: who applies events, and who carries effects out. */
import type { Config } from "../config/schema.ts";
import { readSecret } from "../config/secret.ts";
import { runEffects } from "../healing/effects.ts";
import { calledFor } from "../healing/fix.ts";
import { healingMetrics } from "../healing/metrics.ts";
import { runLedger } from "../healing/run-ledger.ts";
import { type ConfiguredFix, Runner } from "../healing/runner.ts";
import { incidentsMetrics } from "../incidents/metrics.ts";
import type { ApplyOptions } from "../incidents/record-events.ts";
import type { ReducerSettings } from "../incidents/reduce/reduce.ts";
import type { EffectHandlers } from "../outbox/executor.ts";
import { outboxMetrics } from "../outbox/metrics.ts";
import { EffectsWorker } from "../outbox/outbox.ts";
import { countOpenIncidents } from "../store/incidents/list.ts";
import { countEffects } from "../store/outbox/inspect.ts";
import { countRuns } from "../store/runs/list.ts";
import { lookedUpAfterRestore } from "../tickets/after-restore.ts";
import { ticketEffects } from "../tickets/effects.ts";
import { openJira } from "../tickets/jira/jira.ts";
import { ticketsMetrics } from "../tickets/metrics.ts";
import { createTicketing, type Ticketing } from "../tickets/ticketing.ts";
import { isAway } from "./away.ts";
import type { StoredParts } from "./parts.ts";
import type { Stream } from "./stream.ts";

/** As Jira's section has them by default. */
const defaults = { resolve_after: 900_000, reopen_duration: 604_800_000 };

/** How long an incident waits before it is resolved, and how long it reopens. */
export function quietTimes(
  jira: Config["jira"],
): Pick<ReducerSettings, "resolveAfterMs" | "reopenDurationMs"> {
  const { resolve_after, reopen_duration } = jira ?? defaults;
  return { resolveAfterMs: resolve_after, reopenDurationMs: reopen_duration };
}

/** How events change incidents under this configuration. */
export function applyOptions(
  { config, clock }: StoredParts,
  fixes: readonly ConfiguredFix[],
): ApplyOptions {
  return {
    clock,
    settings: {
      ticketed: config.jira !== undefined,
      ...quietTimes(config.jira),
      healthAfterMs: config.verify.health_after,
      fixesFor: (incident) =>
        fixes.filter(({ fix }) => calledFor(fix, incident)).map(({ fix }) => fix.name),
    },
  };
}

export interface EffectsWiring {
  readonly apply: ApplyOptions;
  readonly fixes: readonly ConfiguredFix[];
  readonly stream: Stream;
  /** When the store was last restored from a backup; undefined when it never was. */
  readonly restoredAtMs: () => number | undefined;
}

/** Starts carrying effects out. */
export function wireEffects(parts: StoredParts, wiring: EffectsWiring): void {
  const { apply, fixes, stream, restoredAtMs } = wiring;
  const { store, clock, registry, lifecycle, owner, config } = parts;
  const logger = parts.logger.child({ component: "healing" });
  const runner = new Runner({
    fixes,
    ledger: runLedger(store),
    clock,
    logger,
    metrics: healingMetrics(registry, () => countRuns(store)),
    restoredAtMs,
  });
  const verify = {
    modelAfterMs: config.verify.model_after,
    minAttributions: config.verify.min_attributions,
    giveUpCadences: config.verify.give_up_after,
  };
  incidentsMetrics(registry, () => countOpenIncidents(store));
  const metrics = outboxMetrics(registry, () => countEffects(store));
  const tickets = ticketEffects(wireTicketing(parts));
  const handlers: EffectHandlers = {
    ...tickets,
    "ticket.open": lookedUpAfterRestore(tickets["ticket.open"], restoredAtMs),
    ...runEffects({ runner, verify, ask: (record) => stream.append([record]) }),
    "incident.settle": async (effect) => [{ type: "quiet_passed", episode: effect.episode }],
  };
  const worker = new EffectsWorker({
    store,
    handlers,
    isAway,
    apply,
    owner,
    clock,
    logger: parts.logger.child({ component: "incidents" }),
    metrics,
  });
  worker.start();
  parts.health.register("outbox", () => worker.health());
  for (const dependency of configuredDependencies(config)) {
    parts.health.register(dependency, () => worker.dependencyHealth(dependency));
  }
  lifecycle.onStop("effects", () => worker.stop());
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
