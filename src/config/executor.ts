/** The executor's own configuration, `/etc/driftwarden/executor.yaml`: whom it obeys, and what it may do. */
import { z } from "zod";
import type { ConfigError, Problem } from "./errors.ts";
import { absolutePath, duration, runLimits, socketPath, text, waiting } from "./fields.ts";
import { describeIssues } from "./issues.ts";
import { readText } from "./load.ts";
import { deepFreeze, invalidConfig, problemAt } from "./parse.ts";
import type { DeepReadonly } from "./schema.ts";
import { readYaml } from "./yaml-source.ts";

const named = (what: string) =>
  z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/, {
    error: `must be the exact name of ${what}; it is no pattern`,
  });

const allowed = z
  .strictObject({
    name: named("a container").optional(),
    label: z
      .string()
      .regex(/^[^=\s]+=\S.*$/, { error: "must be key=value with neither part empty" })
      .optional(),
    compose_service: named("a compose service").optional(),
    compose_project: named("a compose project").optional(),
    verbs: z
      .array(z.enum(["restart", "logs", "update-memory"]))
      .min(1)
      .default(["restart"]),
    allow_stateful: z.boolean().default(false),
  })
  .refine(
    ({ name, label, compose_service }) =>
      [name, label, compose_service].filter((key) => key !== undefined).length === 1,
    { error: "needs exactly one of name, label and compose_service: an empty one allows nothing" },
  )
  .refine(
    ({ compose_project, compose_service }) =>
      compose_project === undefined || compose_service !== undefined,
    { error: "compose_project narrows compose_service and needs it" },
  );

const docker = z.strictObject({
  socket: socketPath.prefault("/var/run/docker.sock"),
  deadline: waiting.prefault("30s"),
});

const pruneImages = z.strictObject({
  /** Since they were built. */
  older_than: duration,
  keep: z
    .array(
      z.string().regex(/^(sha256:[0-9a-f]{64}|[^=\s]+=\S.*|[a-z0-9][a-z0-9._/:-]*)$/, {
        error: "must be sha256: and 64 digits, a repository without tag, or a label key=value",
      }),
    )
    .default([]),
  max_acts: runLimits.prefault("2 per 24h"),
});

const mib = z.int().min(6).max(1_073_741_824);
const updateMemory = z
  .strictObject({
    min_mib: mib,
    max_mib: mib,
    max_acts: runLimits.prefault("10 per 24h"),
    max_acts_per_container: runLimits.prefault("2 per 24h"),
  })
  .refine(({ min_mib, max_mib }) => min_mib <= max_mib, {
    error: "min_mib is above max_mib, so no limit would be allowed",
  });

export const executorSchema = z.strictObject({
  socket: socketPath.prefault("/run/driftwarden/executor.sock"),
  peer: z.union([text, z.int().min(0).max(4_294_967_294)]).default("driftwarden"),
  state: absolutePath.prefault("/var/lib/driftwarden-executor"),
  docker: docker.optional(),
  allow: z.array(allowed).default([]),
  max_acts: runLimits.prefault("30 per 1h"),
  max_acts_per_container: runLimits.prefault("5 per 1h"),
  prune_images: pruneImages.optional(),
  update_memory: updateMemory.optional(),
});

/** Keys as in the file, every default filled in, durations in milliseconds. */
export type ExecutorConfig = DeepReadonly<z.output<typeof executorSchema>>;

/**
 * Reads and checks the executor's configuration, strictly.
 *
 * @throws ConfigError DW_CONFIG_UNREADABLE or DW_CONFIG_INVALID with every problem at once
 */
export function loadExecutorConfig(file: string): ExecutorConfig {
  const hint =
    "Name a file that exists and may be read with --config FILE; docs/how-to/executor.md shows one.";
  return parseExecutorConfig(readText(file, hint), file);
}

/** @throws ConfigError DW_CONFIG_INVALID */
export function parseExecutorConfig(given: string, file: string): ExecutorConfig {
  const yaml = readYaml(given);
  if (yaml.problems.length > 0) throw wrong(file, yaml.problems);
  const result = executorSchema.safeParse(yaml.value);
  if (result.success) return deepFreeze(result.data);
  const failed = { issues: result.error.issues, schema: executorSchema, input: yaml.value };
  const problems = describeIssues(failed).map(({ path, ...said }) => problemAt(yaml, path, said));
  throw wrong(file, problems);
}

/** `driftwarden check` reads the daemon's configuration only. */
const wrong = (file: string, problems: readonly Problem[]): ConfigError =>
  invalidConfig(file, problems, "start the executor again");
