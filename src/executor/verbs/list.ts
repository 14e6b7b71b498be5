/** `list`: id, name and state of the containers that carry all of the labels. */
import { verbs } from "../../../remediations/docker/executor/wire.ts";
import { type ExecutorVerb, readVerb } from "../verb.ts";
import type { DockerMeans } from "./docker-means.ts";

export function listVerb({ engine }: Pick<DockerMeans, "engine">): ExecutorVerb {
  return readVerb({
    name: "list",
    arguments: verbs.list.arguments,
    read: async ({ labels }) =>
      (await engine.list(labels)).map(({ id, name, state }) => ({ id, name, state })),
  });
}
