/** `finish-restart`: starts a container that a restart of this executor left stopped, and nothing else. */
import { verbs } from "../../../remediations/docker/executor/wire.ts";
import { type ExecutorVerb, readVerb } from "../verb.ts";
import type { DockerMeans } from "./docker-means.ts";

export function finishRestartVerb({ restarts }: Pick<DockerMeans, "restarts">): ExecutorVerb {
  return readVerb({
    name: "finish-restart",
    arguments: verbs["finish-restart"].arguments,
    read: async ({ container }) => {
      await restarts.finish(container);
      return {};
    },
  });
}
