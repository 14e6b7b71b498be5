/**
 * `inspect`: describes a container, and says why the executor would not act on it. It shows no values of its
 * environment.
 */
import { verbs } from "../../../remediations/docker/executor/wire.ts";
import { barredFrom } from "../limits.ts";
import { type ExecutorVerb, readVerb } from "../verb.ts";
import type { DockerMeans } from "./docker-means.ts";

export function inspectVerb({
  engine,
  limits,
}: Pick<DockerMeans, "engine" | "limits">): ExecutorVerb {
  return readVerb({
    name: "inspect",
    arguments: verbs.inspect.arguments,
    read: async ({ container: id }) => {
      const container = await engine.inspect(id);
      if (container === undefined) return { container: null };
      return { container: { ...container, barred: barredFrom(limits, "restart", container) } };
    },
  });
}
