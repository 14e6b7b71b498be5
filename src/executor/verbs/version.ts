/** `version`: the version of the engine, and of the API that is used. */
import { verbs } from "../../../remediations/docker/executor/wire.ts";
import { type ExecutorVerb, readVerb } from "../verb.ts";
import type { DockerMeans } from "./docker-means.ts";

export function versionVerb({ engine }: Pick<DockerMeans, "engine">): ExecutorVerb {
  return readVerb({
    name: "version",
    arguments: verbs.version.arguments,
    read: () => engine.version(),
  });
}
