/** `usage`: the memory, the CPU and the processes of a container, once. */
import { verbs } from "../../../remediations/docker/executor/wire.ts";
import { type ExecutorVerb, readVerb } from "../verb.ts";
import type { DockerMeans } from "./docker-means.ts";

export function usageVerb({ engine }: Pick<DockerMeans, "engine">): ExecutorVerb {
  return readVerb({
    name: "usage",
    arguments: verbs.usage.arguments,
    read: async ({ container }) => ({ usage: (await engine.usage(container)) ?? null }),
  });
}
