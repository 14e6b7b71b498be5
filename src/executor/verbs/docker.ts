/** The verbs on a container engine, in the order in which an executor names them: one line each. */
import type { ExecutorVerb } from "../verb.ts";
import { dependantsVerb } from "./dependants.ts";
import type { DockerMeans } from "./docker-means.ts";
import { eventsVerb } from "./events.ts";
import { finishRestartVerb } from "./finish-restart.ts";
import { inspectVerb } from "./inspect.ts";
import { listVerb } from "./list.ts";
import { logsVerb } from "./logs.ts";
import { planPruneImagesVerb, pruneImagesVerb } from "./prune-images.ts";
import { restartVerb } from "./restart.ts";
import { planUpdateMemoryVerb, updateMemoryVerb } from "./update-memory.ts";
import { usageVerb } from "./usage.ts";
import { versionVerb } from "./version.ts";

export function dockerVerbs(means: DockerMeans): readonly ExecutorVerb[] {
  const { images, memory } = means;
  return [
    versionVerb(means),
    listVerb(means),
    inspectVerb(means),
    dependantsVerb(means),
    logsVerb(means),
    usageVerb(means),
    eventsVerb(means),
    restartVerb(means),
    finishRestartVerb(means),
    ...(images === undefined ? [] : [planPruneImagesVerb(images), pruneImagesVerb(images)]),
    ...(memory === undefined ? [] : [planUpdateMemoryVerb(memory), updateMemoryVerb(memory)]),
  ];
}
