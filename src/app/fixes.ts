/** Builds the configured fixes and the adapters that they act through. */
import { type DockerOptions, openDocker } from "../../remediations/docker/dockerode-engine.ts";
import type { Engine } from "../../remediations/docker/engine.ts";
import { openExecutor } from "../../remediations/docker/executor/executor-engine.ts";
import type { Means, RegisteredRemediation, Requirement } from "../../remediations/remediation.ts";
import { weekdays } from "../config/healing.ts";
import type { Config } from "../config/schema.ts";
import { budgetsOf } from "../healing/budgets.ts";
import type { Fix } from "../healing/fix.ts";
import type { StormLimits } from "../healing/gates/gate-facts.ts";
import type { MaintenanceWindow } from "../healing/maintenance.ts";
import { dockerCalls } from "../healing/metrics.ts";
import type { ConfiguredFix } from "../healing/runner.ts";
import type { Parts, StoredParts } from "./parts.ts";

/** The container engine; undefined when none is configured. It is not contacted here, so it may be unavailable. */
export function buildEngine({
  config,
  registry,
}: Pick<Parts, "config" | "registry">): Engine | undefined {
  if (config.docker === undefined) return undefined;
  const { executor, socket, deadline: deadlineMs } = config.docker;
  const calls = dockerCalls(registry);
  const onCall: DockerOptions["onCall"] = (verb, outcome) => calls.inc({ verb, outcome });
  return executor === undefined
    ? openDocker({ socket, deadlineMs, onCall })
    : openExecutor({ socket: executor, deadlineMs, onCall });
}

function provides<Required extends Requirement>(
  means: Partial<Means>,
  required: readonly Required[],
): means is Partial<Means> & Pick<Means, Required> {
  return required.every((name) => means[name] !== undefined);
}

/** @param means what remediations may act through, as far as it is configured */
export function buildFixes(
  { config, clock }: Pick<StoredParts, "config" | "clock">,
  types: readonly RegisteredRemediation[],
  means: Partial<Means>,
): readonly ConfiguredFix[] {
  return config.fixes.map((configured) => {
    const type = types.find((known) => known.name === configured.do);
    if (type === undefined || !provides(means, type.requires)) {
      throw new TypeError(`the fix ${configured.name} was not checked against these remediations`);
    }
    const remediation = type.create(configured.options, { ...means, clock });
    return { fix: fixOf(configured, config.healing, type.tier), remediation };
  });
}

/** @param tier of its remediation */
export function fixOf(
  configured: Config["fixes"][number],
  healing: Config["healing"],
  tier: Fix["tier"],
): Fix {
  const { name, when, mode, cooldown } = configured;
  return {
    name,
    when: {
      models: when.model,
      features: when.feature,
      kinds: when.kind,
      severities: when.severity,
    },
    remediation: configured.do,
    tier,
    mode,
    cooldownMs: cooldown,
    budgets: budgetsOf({
      fix: configured.max_runs,
      target: configured.max_runs_per_target ?? [],
      host: healing.max_runs_per_host ?? [],
      all: healing.max_runs ?? [],
    }),
    concurrency: healing.concurrency,
    maintenance: healing.maintenance?.map(windowOf) ?? [],
    ...(healing.storm && { storm: stormOf(healing.storm) }),
    withDependants: configured.with_dependants,
    healthyFloor: configured.healthy_floor,
    healthyWithinMs: configured.healthy_within,
    approval: {
      rules: {
        approvals: configured.approvals,
        others: configured.approvers === "other",
        twice: configured.confirmations === "twice",
      },
      expiresMs: configured.approve_within,
      denyForMs: configured.deny_for,
    },
  };
}

function stormOf({ targets, models }: NonNullable<Config["healing"]["storm"]>): StormLimits {
  return { targets, models };
}

function windowOf(
  configured: NonNullable<Config["healing"]["maintenance"]>[number],
): MaintenanceWindow {
  const { name, days, from, to, time_zone: timeZone, when } = configured;
  return {
    name,
    days: days?.map((day) => weekdays.indexOf(day)),
    from: minutesOf(from),
    to: minutesOf(to),
    timeZone,
    matchers: {
      models: when?.model,
      features: when?.feature,
      kinds: when?.kind,
      severities: when?.severity,
      services: when?.service,
    },
  };
}

/** `06:30` → 390. */
function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}
