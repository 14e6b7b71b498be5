/** `events`: what happened to a container since a time, as times, words and exit codes. It never streams. */
import { verbs } from "../../../remediations/docker/executor/wire.ts";
import { type ExecutorVerb, readVerb } from "../verb.ts";
import type { DockerMeans } from "./docker-means.ts";

export function eventsVerb({ engine }: Pick<DockerMeans, "engine">): ExecutorVerb {
  return readVerb({
    name: "events",
    arguments: verbs.events.arguments,
    read: ({ container, since_ms }) => engine.events(container, since_ms),
  });
}
