/** `restart`: restarts a container under a permit. If the restart leaves it stopped, it is started. */
import { verbs } from "../../../remediations/docker/executor/wire.ts";
import { actVerb, type ExecutorVerb } from "../verb.ts";
import type { DockerMeans } from "./docker-means.ts";

export function restartVerb({ restarts }: Pick<DockerMeans, "restarts">): ExecutorVerb {
  return actVerb({
    name: "restart",
    arguments: verbs.restart.arguments,
    act: ({ container, grace_seconds }, permit) =>
      restarts.restart({ container, graceSeconds: grace_seconds }, permit),
  });
}
