/**
 * Builds the lists of parts that `driftwarden check` and `driftwarden doctor` look at, from the configuration alone. A
 * part is opened only when it is checked.
 */
import { pino } from "pino";
import { systemClock } from "../clock.ts";
import type { Config } from "../config/schema.ts";
import type { Machine } from "../machine/machine.ts";
import { thisMachine } from "../machine/this-machine.ts";
import { createRegistry } from "../telemetry/registry.ts";
import type { Environment } from "../tickets/jira/proxy.ts";
import { ticketsMetrics } from "../tickets/metrics.ts";
import { version } from "../version.ts";
import type { PartCheck } from "./answer-deadline.ts";
import { type CheckedThrough, partChecks } from "./checks.ts";
import { doctorChecks } from "./doctor.ts";
import { buildEngine, buildFixes } from "./fixes.ts";
import { registries } from "./registries.ts";
import { testMessage } from "./test-messages.ts";

/** @param environment of the process: names proxies */
export function checksOf(config: Config, environment: Environment = {}): readonly PartCheck[] {
  return partChecks(config, throughOf(config, environment));
}

/** What a person asks of `driftwarden doctor`. */
interface DoctorWish {
  /** The place that gets a test message; left out: none is sent. */
  readonly send?: string | undefined;
  /** Default: the machine that this process runs on. */
  readonly machine?: Machine;
}

/**
 * Everything that `check` looks at, this machine, and what lies in the store.
 *
 * @returns undefined where the place of the test message is not configured
 */
export function doctorChecksOf(
  config: Config,
  environment: Environment = {},
  { send, machine = thisMachine() }: DoctorWish = {},
): readonly PartCheck[] | undefined {
  const through = throughOf(config, environment);
  const sent = send === undefined ? [] : [testMessage(config, send, through)];
  if (sent.includes(undefined)) return undefined;
  return [
    ...partChecks(config, through),
    ...doctorChecks(config, through, machine),
    ...sent.filter((one) => one !== undefined),
  ];
}

function throughOf(config: Config, environment: Environment): CheckedThrough {
  const registry = createRegistry(version);
  const docker = buildEngine({ config, registry });
  return {
    environment,
    logger: pino({ level: "silent" }),
    metrics: ticketsMetrics(registry),
    engine: docker,
    fixes: buildFixes({ config, clock: systemClock }, registries.remediations, {
      ...(docker && { docker }),
    }),
  };
}
