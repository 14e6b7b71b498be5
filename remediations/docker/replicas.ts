/** Describes a container, and decides which containers are replicas of one service. Pure. */
import type { Target } from "../remediation.ts";
import type { Container } from "./engine.ts";

const compose = "com.docker.compose.";

/** The description of a container, and the service of which it is a replica. */
type Identity = Required<Pick<Target, "is" | "replicaOf">>;

/**
 * Containers with the same key run the same image. They belong to the same service of the same compose project, or to
 * none. A one-off container (`docker compose run`) carries the labels of its service, but is no replica of it.
 *
 * @param labels the `key=value` labels that selected it; the first one names a container without a compose service
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

/** Whether the container runs and its health check, if it has one, reports healthy. */
export function isHealthy({ state, health }: Container): boolean {
  return state === "running" && (health === "none" || health === "healthy");
}
