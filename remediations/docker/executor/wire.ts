/**
 * The protocol between the daemon and the executor: one JSON value in each line, over a Unix socket.
 *
 *     daemon   → {"hello":"driftwarden","version":"1.0"}
 *     executor → {"hello":"driftwarden-executor","version":"1.0","program":"0.1.0","verbs":["list",…],"may":[…]}
 *     daemon   → {"id":1,"verb":"restart","arguments":{…},"permit":{…}}
 *     executor → {"id":1,"result":{…}}   or {"id":1,"error":{…}}   or {"id":1,"expired":true}
 *
 * An incompatible change raises the major version. Each side refuses another major version. The executor refuses
 * unknown fields. The daemon ignores them in answers, so that an executor may be newer.
 */
import { z } from "zod";
import type { Permit } from "../../../src/permit.ts";
import { containerId } from "../container.ts";
import type { Container, Dependant, EngineVersion, ListedContainer, Mount } from "../engine.ts";
import { type ContainerEvent, containerActions, mostEvents } from "../events.ts";
import { type ContainerLogs, type LogLine, mostLogLines, printable } from "../logs.ts";
import type { ContainerUsage } from "../usage.ts";

/** Version of the protocol that this program uses. */
export const wireVersion = "1.0";
/** The longest request, bytes. A longer line ends the connection. */
export const maxRequestBytes = 64 * 1024;
/** An answer with 10,000 containers is about 1.5 MB. */
export const maxAnswerBytes = 8 * 1024 * 1024;

const version = z.string().regex(/^\d{1,4}\.\d{1,4}$/);

/** The first line of the daemon. */
export const hello = z.strictObject({ hello: z.literal("driftwarden"), version });

/** The first line of the executor. */
export const welcome = z.object({
  hello: z.literal("driftwarden-executor"),
  version,
  /** Version of the program. */
  program: z.string().max(100),
  verbs: z.array(z.string().max(64)).max(64),
  /** What the executor's limits allow, one sentence each, for people. */
  may: z.array(z.string().max(2000)).max(200),
});

export type Welcome = z.infer<typeof welcome>;

/** {@link Permit}; nanoseconds are text, because a JSON number cannot hold them. */
const permitShape = z
  .strictObject({
    effect: z.string().min(1).max(200),
    attempt: z.int().min(1).max(2_147_483_647),
    monotonic_ns: z.string().regex(/^\d{1,20}$/),
    wall_ms: z.number().min(0).max(8_640_000_000_000_000),
  })
  .transform(
    ({ effect, attempt, monotonic_ns, wall_ms }): Permit => ({
      effect,
      attempt,
      monotonicNs: BigInt(monotonic_ns),
      wallMs: wall_ms,
    }),
  );

export function permitLine({ effect, attempt, monotonicNs, wallMs }: Permit): object {
  return { effect, attempt, monotonic_ns: String(monotonicNs), wall_ms: wallMs };
}

export const request = z.strictObject({
  id: z.int().min(1).max(2_147_483_647),
  verb: z.string().regex(/^[a-z][a-z-]{0,31}$/),
  /** Validated by the verb. */
  arguments: z.record(z.string(), z.unknown()),
  permit: permitShape.optional(),
});

/** What an executor answers. `id` is null where the request could not be read. */
export const answer = z.object({
  id: z.int().nullable(),
  result: z.unknown().optional(),
  error: z
    .object({
      code: z.string().max(64),
      message: z.string().max(4000),
      maybe_applied: z.boolean(),
    })
    .optional(),
  /** The permit had expired before the act, so nothing was done. */
  expired: z.literal(true).optional(),
});

export type ExecutorAnswer = z.infer<typeof answer>;

const text = z.string();
const mount = z.object({
  source: text,
  destination: text,
  kind: text,
  writable: z.boolean(),
  anonymous: z.boolean(),
} satisfies Record<keyof Mount, z.ZodType>);

const container = z.object({
  id: containerId,
  name: text,
  images: z.array(text),
  imageId: text,
  startedAt: text,
  finishedAt: text.optional(),
  state: text,
  exitCode: z.number().optional(),
  oomKilled: z.boolean().optional(),
  restarts: z.number().optional(),
  memoryLimitBytes: z.number().optional(),
  health: z.enum(["none", "starting", "healthy", "unhealthy"]),
  labels: z.record(text, text),
  autoRemove: z.boolean(),
  envNames: z.array(text),
  mounts: z.array(mount),
  exposedPorts: z.array(z.number()),
  programs: z.array(text),
  barred: text.optional(),
} satisfies Record<keyof Container, z.ZodType>);

const engineVersion: z.ZodType<EngineVersion> = z.object({ engine: text, api: text });
const listedContainers: z.ZodType<readonly ListedContainer[]> = z.array(
  z.object({ id: containerId, name: text, state: text }),
);
const dependants: z.ZodType<readonly Dependant[]> = z.array(
  z.object({ name: text, by: z.enum(["network", "depends_on"]) }),
);
const inspection: z.ZodType<{ readonly container: Container | null }> = z.object({
  container: container.nullable(),
});
const logs: z.ZodType<ContainerLogs> = z.object({
  lines: z
    .array(
      z.object({
        at: text.optional(),
        stream: z.enum(["stdout", "stderr"]),
        // The executor cleans it too, but an older or a replaced one may not.
        text: text.transform(printable),
      } satisfies Record<keyof LogLine, z.ZodType>),
    )
    .max(mostLogLines),
  cut: z.boolean(),
});
const number = z.number().min(0);
const usage: z.ZodType<{ readonly usage: ContainerUsage | null }> = z.object({
  usage: z
    .object({
      memoryBytes: number,
      memoryLimitBytes: number.optional(),
      memoryPercent: number.optional(),
      cpuPercent: number.optional(),
      pids: number.optional(),
    } satisfies Record<keyof ContainerUsage, z.ZodType>)
    .nullable(),
});
const events: z.ZodType<readonly ContainerEvent[]> = z
  .array(
    z.object({
      atMs: z.number(),
      action: z.enum(containerActions),
      exitCode: z.number().optional(),
      health: z.enum(["starting", "healthy", "unhealthy"]).optional(),
    } satisfies Record<keyof ContainerEvent, z.ZodType>),
  )
  .max(mostEvents);
const nothing: z.ZodType<object> = z.object({});

const onContainer = z.strictObject({ container: containerId });
const wallMs = z.number().min(0).max(8_640_000_000_000_000);

/** Hash of what a plan has seen. */
const plan = z.string().regex(/^[0-9a-f]{64}$/);
/** Docker's own least is 6 MiB; a pebibyte is the most that any machine has. */
const bytes = z.int().min(6_291_456).max(1_125_899_906_842_624);
const wantedMemory = z.strictObject({ container: containerId, bytes });
const prunePlan = z.object({
  plan,
  images: z.array(z.object({ id: text, bytes: number, created_ms: number })).max(1000),
});
const pruned = z.object({ removed: number, freed_bytes: number });
const memoryPlan = z.object({
  plan,
  from_bytes: number,
  in_use_bytes: number,
  to_bytes: number,
});
const memoryUpdated = z.object({ from_bytes: number, to_bytes: number });

/** Schemas of the arguments and the result of each verb. */
export const verbs = {
  version: { arguments: z.strictObject({}), result: engineVersion },
  list: {
    arguments: z.strictObject({ labels: z.array(z.string().min(1).max(1000)).min(1).max(20) }),
    result: listedContainers,
  },
  inspect: { arguments: onContainer, result: inspection },
  dependants: { arguments: onContainer, result: dependants },
  logs: {
    arguments: z.strictObject({
      container: containerId,
      lines: z.int().min(1).max(mostLogLines),
      since_ms: wallMs.optional(),
    }),
    result: logs,
  },
  usage: { arguments: onContainer, result: usage },
  events: {
    arguments: z.strictObject({ container: containerId, since_ms: wallMs }),
    result: events,
  },
  restart: {
    arguments: z.strictObject({
      container: containerId,
      grace_seconds: z.int().min(0).max(3600),
    }),
    result: nothing,
  },
  "finish-restart": { arguments: onContainer, result: nothing },
  "plan-prune-images": { arguments: z.strictObject({}), result: prunePlan },
  "prune-images": { arguments: z.strictObject({ plan }), result: pruned },
  "plan-update-memory": { arguments: wantedMemory, result: memoryPlan },
  "update-memory": { arguments: wantedMemory.extend({ plan }), result: memoryUpdated },
} as const;

export type WireVerb = keyof typeof verbs;
