/** The fixes as configured, and what they act through. */
import { openDocker } from "../../remediations/docker/dockerode-engine.ts";
import type { Engine } from "../../remediations/docker/engine.ts";
import type { RemediationType } from "../../remediations/remediation.ts";
import type { Clock } from "../clock.ts";
import type { Config } from "../config/schema.ts";
import type { Fix } from "../healing/fix.ts";
import { dockerCalls } from "../healing/metrics.ts";
import type { ConfiguredFix } from "../healing/runner.ts";
import type { Parts } from "./parts.ts";

type RemediationTypes = readonly RemediationType<
  unknown,
  { readonly engine: Engine; readonly clock: Clock }
>[];

/** The container engine; undefined when none is configured. It is not asked for anything yet, so it may be away. */
function wireEngine({ config, registry }: Parts): Engine | undefined {
  if (config.docker === undefined) return undefined;
  const calls = dockerCalls(registry);
  return openDocker({
    socket: config.docker.socket,
    deadlineMs: config.docker.deadline,
    onCall: (verb, outcome) => calls.inc({ verb, outcome }),
  });
}

/** @param engine acts instead of the configured one */
export function wireFixes(
  parts: Parts,
  types: RemediationTypes,
  engine: Engine | undefined = wireEngine(parts),
): readonly ConfiguredFix[] {
  if (engine === undefined) return [];
  const deps = { engine, clock: parts.clock };
  return parts.config.fixes.flatMap((configured) => {
    const type = types.find((known) => known.name === configured.do);
    if (type === undefined) return [];
    const remediation = type.create(configured.options, deps);
    return [{ fix: fixOf(configured, type.tier), remediation }];
  });
}

/** @param tier of its remediation */
export function fixOf(configured: Config["fixes"][number], tier: Fix["tier"]): Fix {
  const { name, when, mode, cooldown, max_runs } = configured;
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
    maxRuns: max_runs.runs,
    windowMs: max_runs.windowMs,
  };
}
