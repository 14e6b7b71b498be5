/** Every metric of the program, registered as its room does. */

import type { Registry } from "prom-client";
import { commandsMetrics } from "../../src/commands/metrics.ts";
import { detectionMetrics } from "../../src/detection/metrics.ts";
import {
  dockerCalls,
  freezesMetric,
  healingMetrics,
  stormMetric,
} from "../../src/healing/metrics.ts";
import { incidentsMetrics, proposalMetric } from "../../src/incidents/metrics.ts";
import { oldestEffectMetric, outboxMetrics } from "../../src/outbox/metrics.ts";
import { alertMetric, probeMetric } from "../../src/probes/metrics.ts";
import { sourceMetrics } from "../../src/source/metrics.ts";
import { storeMetrics, storeSizeMetric } from "../../src/store/metrics.ts";
import { kafkaMetrics } from "../../src/stream/kafka/metrics.ts";
import { postgresLogMetrics } from "../../src/stream/postgres/metrics.ts";
import { dependencyMetric, settingsMetric } from "../../src/telemetry/metrics.ts";
import { overdueMetric, ticketsMetrics } from "../../src/tickets/metrics.ts";

/** Where metrics are registered, and how, in the order of the page. */
export const rooms: Readonly<Record<string, (registry: Registry) => unknown>> = {
  source: (registry) => sourceMetrics(registry, () => []),
  "stream/kafka": kafkaMetrics,
  "stream/postgres": (registry) =>
    postgresLogMetrics(registry).showLag(() => Promise.resolve(new Map())),
  detection: (registry) => detectionMetrics(registry, { engines: () => [], maxLabelledModels: 1 }),
  commands: (registry) => commandsMetrics(registry),
  incidents: (registry) => [
    incidentsMetrics(registry, () => Promise.resolve(new Map())),
    proposalMetric(registry),
  ],
  outbox: (registry) => [
    outboxMetrics(registry, () => Promise.resolve({})),
    oldestEffectMetric(registry, () => Promise.resolve(new Map())),
  ],
  tickets: (registry) => [ticketsMetrics(registry), overdueMetric(registry, () => new Map())],
  healing: (registry) => [
    healingMetrics(registry, () => Promise.resolve([]), {
      fixes: ["restart-svc"],
      open: () => Promise.resolve([]),
      recurred: () => Promise.resolve([]),
    }),
    dockerCalls(registry),
    freezesMetric(registry, () => Promise.resolve(0)),
    stormMetric(registry, () => Promise.resolve(0)),
  ],
  probes: (registry) => [probeMetric(registry), alertMetric(registry)],
  telemetry: (registry) => [
    dependencyMetric(registry, () => []),
    settingsMetric(registry, () => 0),
  ],
  store: (registry) => {
    storeMetrics(registry);
    storeSizeMetric(registry, () => Promise.resolve(0));
  },
};
