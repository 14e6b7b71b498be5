/** The container engine, as one round of questions uses it. */
import type { Container, Engine } from "../../remediations/docker/engine.ts";
import type { HostRound } from "./probe.ts";

/** So many containers of one service are looked at. */
const mostContainers = 20;

/** Each group of containers is inspected once, for all questions of the round. */
export function hostRound(engine: Engine | undefined): HostRound {
  const known = new Map<string, Promise<readonly Container[]>>();
  const given = (): Engine => {
    if (engine === undefined) throw new TypeError("a container is asked about without an engine");
    return engine;
  };
  return {
    engine: given,
    containers: (labels) => {
      const key = labels.join("\n");
      const found = known.get(key) ?? inspectedBy(given(), labels);
      known.set(key, found);
      return found;
    },
  };
}

async function inspectedBy(
  engine: Engine,
  labels: readonly string[],
): Promise<readonly Container[]> {
  const listed = await engine.list(labels);
  const all = await Promise.all(
    listed.slice(0, mostContainers).map(({ id }) => engine.inspect(id)),
  );
  return all.filter((one) => one !== undefined).filter((one) => !isOneOff(one));
}

/** `docker compose run` carries the labels of its service, and is none of its replicas. */
const isOneOff = ({ labels }: Container): boolean =>
  labels["com.docker.compose.oneoff"]?.toLowerCase() === "true";
