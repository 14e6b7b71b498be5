/** `logs`: the newest log lines of a container. They may hold secrets, so an entry of the limits has to allow them. */
import { DockerError } from "../../../remediations/docker/errors.ts";
import { verbs } from "../../../remediations/docker/executor/wire.ts";
import { barredFrom } from "../limits.ts";
import { type ExecutorVerb, readVerb } from "../verb.ts";
import type { DockerMeans } from "./docker-means.ts";

export function logsVerb({ engine, limits }: Pick<DockerMeans, "engine" | "limits">): ExecutorVerb {
  return readVerb({
    name: "logs",
    arguments: verbs.logs.arguments,
    read: async ({ container: id, lines, since_ms: sinceMs }) => {
      const container = await engine.inspect(id);
      if (container === undefined) throw new DockerError("DW_DOCKER_GONE", `${id} is gone`);
      if (barredFrom(limits, "logs", container) !== undefined) {
        const text = `${container.name} is not among the containers whose logs the executor may show`;
        throw new DockerError("DW_EXECUTOR_LIMIT", text);
      }
      return engine.logs(id, { lines, sinceMs });
    },
  });
}
