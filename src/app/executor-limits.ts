/** Maps the limits of the executor's configuration. */
import { labelsOf } from "../../remediations/docker/selector.ts";
import type { ExecutorConfig } from "../config/executor.ts";
import type { ActLimit, ExecutorLimits } from "../executor/limits.ts";

type RunLimits = ExecutorConfig["max_acts"];

const bytesPerMib = 1_048_576;

export function limitsOf(config: ExecutorConfig): ExecutorLimits {
  const { allow, max_acts, max_acts_per_container, prune_images, update_memory } = config;
  return {
    allow: allow.map(({ name, verbs, allow_stateful, ...rest }) => ({
      name,
      labels: labelsOf(rest),
      verbs,
      allowStateful: allow_stateful,
    })),
    all: limitsFrom(max_acts),
    perContainer: limitsFrom(max_acts_per_container),
    images: prune_images && {
      builtBeforeMs: prune_images.older_than,
      keep: prune_images.keep,
      acts: limitsFrom(prune_images.max_acts),
    },
    memory: update_memory && {
      minBytes: update_memory.min_mib * bytesPerMib,
      maxBytes: update_memory.max_mib * bytesPerMib,
      all: limitsFrom(update_memory.max_acts),
      perContainer: limitsFrom(update_memory.max_acts_per_container),
    },
  };
}

function limitsFrom(given: RunLimits): readonly ActLimit[] {
  return given.map(({ runs, windowMs }) => ({ acts: runs, windowMs }));
}
