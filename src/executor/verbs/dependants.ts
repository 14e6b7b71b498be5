/** `dependants`: the running containers that lose something while a container restarts. */
import { verbs } from "../../../remediations/docker/executor/wire.ts";
import { type ExecutorVerb, readVerb } from "../verb.ts";
import type { DockerMeans } from "./docker-means.ts";

export function dependantsVerb({ engine }: Pick<DockerMeans, "engine">): ExecutorVerb {
  return readVerb({
    name: "dependants",
    arguments: verbs.dependants.arguments,
    read: ({ container }) => engine.dependants(container),
  });
}
