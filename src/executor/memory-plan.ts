/** Whether the executor would raise the memory limit of a container now, and from where. */
import type {
  Container,
  ContainerMemory,
  Engine,
  EngineChanges,
} from "../../remediations/docker/engine.ts";
import { DockerError } from "../../remediations/docker/errors.ts";
import { type PlannedChange, planOf } from "./changes.ts";
import { barredFrom, type ExecutorLimits, type MemoryLimits, refusedBy } from "./limits.ts";

const verb = "update-memory";

export interface MemoryPlan extends PlannedChange {
  readonly fromBytes: number;
  readonly inUseBytes: number;
}

export interface MemoryMeans {
  readonly engine: Engine;
  readonly changes: Pick<EngineChanges, "memory" | "updateMemory">;
  readonly limits: ExecutorLimits;
}

/** @throws DockerError DW_EXECUTOR_LIMIT where the limits forbid it, DW_DOCKER_GONE */
export async function planMemory(
  { engine, changes, limits }: MemoryMeans,
  { container: id, bytes }: { readonly container: string; readonly bytes: number },
): Promise<MemoryPlan> {
  const container = await engine.inspect(id);
  const memory = container && (await changes.memory(id));
  if (container === undefined || memory === undefined)
    throw new DockerError("DW_DOCKER_GONE", `${id} is gone`);
  const barred = barredFrom(limits, verb, container);
  const reason =
    (barred && `${container.name} ${barred}`) ??
    refusedBy(limits, container, { self: engine.self, verb }) ??
    outOfBounds(container, { memory, bounds: limits.memory, bytes });
  if (reason !== undefined) throw new DockerError("DW_EXECUTOR_LIMIT", reason.replace(/\.$/, ""));
  const { limitBytes, inUseBytes = 0 } = memory;
  return {
    fromBytes: limitBytes,
    inUseBytes,
    name: container.name,
    plan: planOf([id, container.startedAt, limitBytes, bytes]),
    act: async (mayAct) => {
      await changes.updateMemory(id, { bytes, mayAct });
      return { from_bytes: limitBytes, to_bytes: bytes };
    },
    lookUp: async () => {
      const now = await changes.memory(id);
      return now?.limitBytes === bytes ? { from_bytes: limitBytes, to_bytes: bytes } : undefined;
    },
  };
}

interface Wanted {
  readonly memory: ContainerMemory;
  readonly bounds: MemoryLimits | undefined;
  readonly bytes: number;
}

function outOfBounds(
  { name }: Container,
  { memory: { limitBytes, inUseBytes }, bounds, bytes }: Wanted,
): string | undefined {
  if (bounds === undefined) return `memory limits are not changed: there is no update_memory:`;
  const { minBytes, maxBytes } = bounds;
  if (bytes < minBytes || bytes > maxBytes)
    return `${bytes} bytes are not within update_memory.min_mib and max_mib`;
  if (limitBytes === 0) return `${name} has no memory limit, and one would lower it`;
  if (bytes <= limitBytes) return `${name} has ${limitBytes} bytes already, and none is taken away`;
  if (inUseBytes === undefined) return `the use of ${name} is not known`;
  if (bytes < inUseBytes) return `${name} uses ${inUseBytes} bytes, which is more`;
  return undefined;
}
