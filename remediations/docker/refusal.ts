/** The refuse list: which containers are never restarted, whatever their labels say. Pure. */
import { type DataKept, dataKept } from "./data-kept.ts";
import type { Container } from "./engine.ts";

export interface RefusalContext {
  /** Id, or its first 12 digits, of the container this process runs in. */
  readonly self: string | undefined;
  /**
   * Name of a container or compose service that may be restarted although it keeps data. It has no effect on a
   * database.
   */
  readonly allowStateful?: string | undefined;
}

/** Images that everything else on the host may depend on. */
const infrastructure = /^(traefik|portainer.*|(docker-)?socket-proxy)$/;

const orchestrated = /^(com\.docker\.swarm\.task|io\.kubernetes\.)/;

type Rule = (container: Container, context: RefusalContext) => string | undefined;

const rules: readonly Rule[] = [
  ({ barred }) => barred,
  ({ id }, { self }) =>
    self !== undefined && id.startsWith(self) ? "is the one Driftwarden runs in" : undefined,
  ({ images }) =>
    images.length === 0 ? "runs an image without a name, so nobody can tell what it is" : undefined,
  ({ images }) => {
    const image = images.find((name) => infrastructure.test(baseName(name)));
    return image && `runs ${image}, which other containers depend on`;
  },
  ({ mounts }) =>
    mounts.some((mount) =>
      [mount.source, mount.destination].some((path) => path.endsWith("docker.sock")),
    )
      ? "holds the engine's own socket"
      : undefined,
  ({ labels }) => {
    const label = Object.keys(labels).find((key) => orchestrated.test(key));
    return label && `belongs to an orchestrator that restarts it itself (${label})`;
  },
  ({ autoRemove }) =>
    autoRemove ? "would be removed by its engine instead of restarted (--rm)" : undefined,
  ({ state }) => stateRefusals[state] ?? (state === "running" ? undefined : `is ${state}`),
];

const stateRefusals: Readonly<Record<string, string>> = {
  paused: "is paused, and a restart would undo that",
  restarting: "is being restarted by its engine already",
  exited: "is stopped, and a restart would start what somebody may have stopped on purpose",
  created: "was never started",
};

/**
 * Why this container must not be restarted. No label and no approval overrules a refusal. A client's own settings
 * (`REDIS_URL`, `DATABASE_URL`) are no sign of a database.
 *
 * @returns sentences for the ticket, or undefined when it may be restarted
 * @example refusal(container, {self: undefined}) // "shop-db-1 runs postgres:16, which keeps data. …"
 */
export function refusal(container: Container, context: RefusalContext): string | undefined {
  const kept = dataKept(container);
  if (kept?.kind === "database") return sentences(container, kept);
  for (const rule of rules) {
    const reason = rule(container, context);
    if (reason !== undefined) return `${container.name} ${reason}.`;
  }
  return kept === undefined || isAllowed(container, context)
    ? undefined
    : sentences(container, kept);
}

function sentences({ name }: Container, { kind, reason }: DataKept): string {
  const way =
    kind === "database"
      ? "A database is never restarted: fail it over to a replica by its own means."
      : `If a restart is safe, say so in the fix: \`allow_stateful: ${name}\`.`;
  return `${name} ${reason}. ${way}`;
}

/** The name must match exactly. A pattern could allow containers that nobody had in mind. */
function isAllowed({ name, labels }: Container, { allowStateful }: RefusalContext): boolean {
  return (
    allowStateful !== undefined &&
    [name, labels["com.docker.compose.service"]].includes(allowStateful)
  );
}

/** The name of an image without registry, tag and digest. */
function baseName(image: string): string {
  const path = image.replace(/@.*$/, "").replace(/:[^/]*$/, "");
  return path.slice(path.lastIndexOf("/") + 1).toLowerCase();
}
