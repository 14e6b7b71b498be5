/**
 * Builds the list of parts that `driftwarden check` looks at, from the configuration alone. A part is opened only when
 * it is checked.
 */
import { pino } from "pino";
import { systemClock } from "../clock.ts";
import type { Config } from "../config/schema.ts";
import { createRegistry } from "../telemetry/registry.ts";
import type { Environment } from "../tickets/jira/proxy.ts";
import { ticketsMetrics } from "../tickets/metrics.ts";
import { version } from "../version.ts";
import type { PartCheck } from "./answer-deadline.ts";
import { partChecks } from "./checks.ts";
import { buildEngine, buildFixes } from "./fixes.ts";
import { registries } from "./registries.ts";

/** @param environment of the process: names proxies */
export function checksOf(config: Config, environment: Environment = {}): readonly PartCheck[] {
  const registry = createRegistry(version);
  const docker = buildEngine({ config, registry });
  return partChecks(config, {
    environment,
    logger: pino({ level: "silent" }),
    metrics: ticketsMetrics(registry),
    fixes: buildFixes({ config, clock: systemClock }, registries.remediations, {
      ...(docker && { docker }),
    }),
  });
}
