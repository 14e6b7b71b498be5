/**
 * Changes that only an executor makes: it removes dangling images, and raises memory limits. Each is planned first, and done
 * only as planned. Nothing in the daemon calls them yet.
 */
import type { z } from "zod";
import type { MayAct } from "../../../src/permit.ts";
import { DockerError } from "../errors.ts";
import { actThrough } from "./act.ts";
import { ask } from "./exchange.ts";
import { verbs } from "./wire.ts";

type Result<Verb extends keyof typeof verbs> = z.infer<(typeof verbs)[Verb]["result"]>;

export interface MemoryWanted {
  /** Id of the container. */
  readonly container: string;
  /** The new limit. */
  readonly bytes: number;
}

interface Act {
  /** Of the plan. */
  readonly plan: string;
  readonly mayAct: MayAct;
}

export interface ExecutorChanges {
  /** What would be removed; nothing is. */
  planPruneImages(): Promise<Result<"plan-prune-images">>;
  /** How much the engine says it has removed and freed. */
  pruneImages(act: Act): Promise<Result<"prune-images">>;
  /** What would change; nothing does. */
  planUpdateMemory(wanted: MemoryWanted): Promise<Result<"plan-update-memory">>;
  updateMemory(act: Act & MemoryWanted): Promise<Result<"update-memory">>;
}

/** @throws DockerError from every call; the acts also throw what `mayAct` throws */
export function openExecutorChanges({
  socket,
  deadlineMs = 60_000,
}: {
  readonly socket: string;
  readonly deadlineMs?: number;
}): ExecutorChanges {
  const read = async (verb: string, given: object): Promise<unknown> => {
    const exchanged = await ask({ socket, deadlineMs }, { verb, arguments: given });
    return exchanged.expired ? undefined : exchanged.result;
  };
  const act = (verb: string, { mayAct, ...given }: Act): Promise<unknown> =>
    actThrough({ socket, deadlineMs, mayAct }, { verb, arguments: given });
  return {
    planPruneImages: async () =>
      checked(verbs["plan-prune-images"], await read("plan-prune-images", {})),
    pruneImages: async (asked) => checked(verbs["prune-images"], await act("prune-images", asked)),
    planUpdateMemory: async ({ container, bytes }) =>
      checked(verbs["plan-update-memory"], await read("plan-update-memory", { container, bytes })),
    updateMemory: async (asked) =>
      checked(verbs["update-memory"], await act("update-memory", asked)),
  };
}

function checked<T>({ result }: { readonly result: z.ZodType<T> }, answer: unknown): T {
  const parsed = result.safeParse(answer);
  if (parsed.success) return parsed.data;
  const text = "the executor's answer is not what it should be";
  throw new DockerError("DW_EXECUTOR_PROTOCOL", text, { cause: parsed.error });
}
