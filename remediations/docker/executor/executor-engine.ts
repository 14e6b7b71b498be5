/**
 * Implements the port with an executor, a separate process that holds the engine's socket and offers only some verbs.
 */
import { hostname } from "node:os";
import type { z } from "zod";
import type { EngineVerb } from "../connection.ts";
import { containerId } from "../container.ts";
import type { Engine } from "../engine.ts";
import { DockerError, type DockerErrorCode } from "../errors.ts";
import { checkedSince } from "../events.ts";
import { checkedLogs } from "../logs.ts";
import { ownContainer } from "../own-container.ts";
import { actThrough } from "./act.ts";
import { ask, askWelcome, type ExchangeResult } from "./exchange.ts";
import { verbs, type Welcome, type WireVerb } from "./wire.ts";

export interface ExecutorOptions {
  readonly socket: string;
  /** Deadline of every request other than a restart, ms of real time. Default 10 s. */
  readonly deadlineMs?: number;
  /** How long a restart may take beyond twice its grace, ms. Default 60 s. */
  readonly restartMarginMs?: number;
  /** Called after every call, for the metrics. */
  readonly onCall?: ((verb: EngineVerb, outcome: "ok" | DockerErrorCode) => void) | undefined;
}

/**
 * An engine that acts through an executor. Each request to the executor has a connection of its own.
 *
 * A restart always needs a permit. Its answer may get lost when the executor stops. The restart is then requested again
 * with the same effect. The executor answers from its own record, and never acts twice for one effect on one container.
 *
 * @throws DockerError from every call; `restart` also throws what `mayAct` throws
 */
export function openExecutor(options: ExecutorOptions): Engine {
  const { socket, deadlineMs = 10_000, restartMarginMs = 60_000, onCall } = options;

  const observed = observing(onCall);
  const read: Read = <T>(called: EngineVerb, wanted: Wanted<T>) =>
    observed(called, async () => {
      const { verb, given, result } = wanted;
      const exchanged = await ask({ socket, deadlineMs }, { verb, arguments: given });
      return resultOf(exchanged, { verb, result });
    });

  return {
    host: hostname(),
    self: ownContainer(),
    version: () => read("version", { ...verbs.version, verb: "version", given: {} }),
    list: async (labels) => {
      if (labels.length === 0 || labels.includes("")) return [];
      return read("list", { ...verbs.list, verb: "list", given: { labels } });
    },
    inspect: async (id) => {
      const given = { container: checked(id) };
      const { container } = await read("inspect", { ...verbs.inspect, verb: "inspect", given });
      return container ?? undefined;
    },
    dependants: async (id) => {
      const given = { container: checked(id) };
      return read("list", { ...verbs.dependants, verb: "dependants", given });
    },
    ...readings(read),
    restart: (id, { graceSeconds, mayAct }) =>
      observed("restart", async () => {
        const given = { container: checked(id), grace_seconds: graceSeconds };
        const limit = { socket, deadlineMs: graceSeconds * 2000 + restartMarginMs, mayAct };
        await actThrough(limit, { verb: "restart", arguments: given });
      }),
    start: async (id) => {
      const given = { container: checked(id) };
      await read("start", { ...verbs["finish-restart"], verb: "finish-restart", given });
    },
  };
}

type Observed = <T>(verb: EngineVerb, call: () => Promise<T>) => Promise<T>;

function observing(onCall: ExecutorOptions["onCall"]): Observed {
  return async (verb, call) => {
    try {
      const result = await call();
      onCall?.(verb, "ok");
      return result;
    } catch (error) {
      if (error instanceof DockerError) onCall?.(verb, error.code);
      throw error;
    }
  };
}

type Read = <T>(called: EngineVerb, wanted: Wanted<T>) => Promise<T>;

/** What a container wrote, uses and went through. */
function readings(read: Read): Pick<Engine, "logs" | "usage" | "events"> {
  return {
    logs: async (id, wanted) => {
      const { lines, sinceMs } = checkedLogs(wanted);
      const given = { container: checked(id), lines, since_ms: sinceMs };
      return read("logs", { ...verbs.logs, verb: "logs", given });
    },
    usage: async (id) => {
      const given = { container: checked(id) };
      const { usage } = await read("usage", { ...verbs.usage, verb: "usage", given });
      return usage ?? undefined;
    },
    events: async (id, sinceMs) => {
      const given = { container: checked(id), since_ms: checkedSince(sinceMs) };
      return read("events", { ...verbs.events, verb: "events", given });
    },
  };
}

/** The executor's description of itself, for `check`. @throws DockerError */
export function executorWelcome(
  options: Pick<ExecutorOptions, "socket" | "deadlineMs">,
): Promise<Welcome> {
  return askWelcome({ deadlineMs: 10_000, ...options });
}

interface Wanted<T> {
  readonly verb: WireVerb;
  readonly given: object;
  readonly result: z.ZodType<T>;
}

function resultOf<T>(
  exchanged: ExchangeResult,
  { verb, result }: Pick<Wanted<T>, "verb" | "result">,
): T {
  const parsed = result.safeParse(exchanged.expired ? undefined : exchanged.result);
  if (parsed.success) return parsed.data;
  const text = `the executor's answer to ${verb} is not what it should be`;
  throw new DockerError("DW_EXECUTOR_PROTOCOL", text, { cause: parsed.error });
}

function checked(id: string): string {
  if (containerId.safeParse(id).success) return id;
  throw new DockerError("DW_DOCKER_REFUSED", `"${id.slice(0, 80)}" is not a container id`);
}
