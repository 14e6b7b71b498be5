/** `plan-update-memory` says what would change. `update-memory` raises the limit if nothing else has changed since. */
import { verbs } from "../../../remediations/docker/executor/wire.ts";
import { planMemory } from "../memory-plan.ts";
import { actVerb, type ExecutorVerb, readVerb } from "../verb.ts";
import type { MemoryVerbMeans } from "./docker-means.ts";

export function planUpdateMemoryVerb(means: MemoryVerbMeans): ExecutorVerb {
  return readVerb({
    name: "plan-update-memory",
    arguments: verbs["plan-update-memory"].arguments,
    read: async (wanted) => {
      const { plan, fromBytes, inUseBytes } = await planMemory(means, wanted);
      return { plan, from_bytes: fromBytes, in_use_bytes: inUseBytes, to_bytes: wanted.bytes };
    },
  });
}

export function updateMemoryVerb(means: MemoryVerbMeans): ExecutorVerb {
  return actVerb({
    name: "update-memory",
    arguments: verbs["update-memory"].arguments,
    act: ({ plan, ...wanted }, permit) =>
      means.memory.change(
        { subject: wanted.container, plan, planNow: () => planMemory(means, wanted) },
        permit,
      ),
  });
}
