/** The container engine as configured. */
import { openDocker } from "../../remediations/docker/dockerode-engine.ts";
import type { Engine } from "../../remediations/docker/engine.ts";
import { dockerMetrics } from "../healing/metrics.ts";
import type { Parts } from "./parts.ts";

/** @returns undefined when none is configured; it is not asked for anything yet, so it may be away */
export function wireEngine({ config, registry }: Parts): Engine | undefined {
  if (config.docker === undefined) return undefined;
  const { calls } = dockerMetrics(registry);
  return openDocker({
    socket: config.docker.socket,
    deadlineMs: config.docker.deadline,
    onCall: (verb, outcome) => calls.inc({ verb, outcome }),
  });
}
