/** Says what a container is, and which containers are replicas of one service. Pure. */
import type { Target } from "../remediation.ts";
import type { Container } from "./engine.ts";

const compose = "com.docker.compose.";

/** What it is, and what it is a replica of. */
type Identity = Required<Pick<Target, "is" | "replicaOf">>;

/**
 * Containers with the same key run the same image, and belong to the same service of the same compose project, or to
 * none. A one-off container (`docker compose run`) carries the labels of its service and is no replica of it.
 *
 * @param labels `key=value`, those that chose it; the first one names what belongs to no compose service
 */
export function identityOf(container: Container, labels: readonly string[]): Identity {
  const { images, imageId, labels: have, id } = container;
  const [project, service, oneOff] = ["project", "service", "oneoff"].map(
    (key) => have[compose + key] ?? "",
  );
  const isOneOff = oneOff?.toLowerCase() === "true";
  const chosenBy = labels[0]?.replace(/^[^=]*=/, "");
  const image = `image ${images[0] ?? shortId(imageId)}`;
  const of = service === "" ? "no compose service" : `service ${project}/${service}`;
  return {
    is: `${isOneOff ? "a one-off of " : ""}${of}, ${image}`,
    replicaOf: {
      key: JSON.stringify([imageId, project, service, isOneOff && id]),
      service: service || chosenBy || "it",
    },
  };
}

const shortId = (id: string): string => id.replace(/^sha256:/, "").slice(0, 12);

/** Whether it runs, and its own check, if it has one, calls it healthy. */
export function isHealthy({ state, health }: Container): boolean {
  return state === "running" && (health === "none" || health === "healthy");
}
