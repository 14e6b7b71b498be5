/** Builds the watch on overdue tickets and questions, and the Alertmanager that gets its alerts. */
import { readAuthorities } from "../config/certificate.ts";
import type { Config } from "../config/schema.ts";
import { readSecret } from "../config/secret.ts";
import { healthOf } from "../health.ts";
import { listOverdue } from "../store/outbox/overdue.ts";
import { promiseAnew } from "../store/outbox/promise-anew.ts";
import { type Alertmanager, alertmanager } from "../tickets/alertmanager/alertmanager.ts";
import { alertExecutor } from "../tickets/alertmanager/executor.ts";
import type { Environment } from "../tickets/jira/proxy.ts";
import { overdueMetric } from "../tickets/metrics.ts";
import {
  type Overdue,
  OverdueWatch,
  type PromisedAlert,
  ticketOverdueMs,
} from "../tickets/overdue.ts";
import type { StoredParts } from "./parts.ts";

/** @returns undefined when none is configured */
export function openAlertmanager(
  { alertmanager: section }: Config,
  environment: Environment,
): Alertmanager | undefined {
  if (section === undefined) return undefined;
  const { url, user, token_file: token, ca_file: ca, deadline } = section;
  return alertmanager({
    url,
    user,
    token: token === undefined ? undefined : () => readSecret(token),
    ca: readAuthorities(ca, environment),
    deadlineMs: deadline,
  });
}

/** Without an Alertmanager, alerts that an earlier configuration promised count as done. */
export function buildAlertExecutor(
  parts: Pick<StoredParts, "store" | "clock" | "config">,
  environment: Environment,
): ReturnType<typeof alertExecutor> {
  const { clock, config } = parts;
  return alertExecutor({
    alertmanager: openAlertmanager(config, environment),
    list: (id) => overdueIn(parts, id),
    clock,
  });
}

/** Starts to look for what is overdue. */
export function buildOverdueWatch(parts: StoredParts): void {
  const { clock, config, health, lifecycle, logger, registry } = parts;
  const watch = new OverdueWatch({
    list: () => overdueIn(parts),
    promise:
      config.alertmanager === undefined ? undefined : (alerts) => promiseAlerts(parts, alerts),
    clock,
    logger: logger.child({ component: "tickets" }),
  });
  overdueMetric(registry, () => watch.counts());
  health.register("overdue", () => healthOf(watch.reason));
  const stopping = new AbortController();
  const working = watch.run(stopping.signal);
  lifecycle.onStop("watch of what is overdue", async () => {
    stopping.abort();
    await working;
  });
}

const overdueIn = (
  { store, clock }: Pick<StoredParts, "store" | "clock">,
  id?: string,
): Promise<readonly Overdue[]> =>
  listOverdue(store, { nowMs: clock.now(), ticketMs: ticketOverdueMs, id });

/**
 * The alerts are timers, so no other effect waits for them. Each alert is posted again until the condition that it
 * reports is over.
 */
async function promiseAlerts(
  { store, clock }: StoredParts,
  alerts: readonly PromisedAlert[],
): Promise<void> {
  const nowMs = clock.now();
  const orderKey = "alertmanager";
  await store.transaction((tx) =>
    promiseAnew(
      tx,
      alerts.map((alert) => ({ ...alert, orderKey, dueAtMs: nowMs, timer: true })),
      nowMs,
    ),
  );
}
