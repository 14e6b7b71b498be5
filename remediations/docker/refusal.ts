/** The refuse list: which containers are never touched, whatever their labels say. One pure function. */
import type { Container } from "./engine.ts";

export interface RefusalContext {
  /** Id, or its first 12 digits, of the container this process runs in. */
  readonly self: string | undefined;
  /** Names of the containers that live in this one's network. */
  readonly dependants: readonly string[];
}

/** Base names of images that keep data; `*` stands for any ending. */
const dataImages =
  "postgres* postgis timescaledb* pgvector mysql mariadb percona* mongo* redis redis-stack* valkey keydb dragonfly elasticsearch opensearch clickhouse* cassandra scylla cockroach couchdb influxdb neo4j etcd zookeeper kafka redpanda rabbitmq nats minio qdrant weaviate milvus chroma mssql* oracle* vault consul";
/** What everything else on the host may hang on. */
const infrastructureImages = "traefik portainer* socket-proxy docker-socket-proxy";

const dataEnv =
  /^(PGDATA|POSTGRES_(PASSWORD|DB|USER)|MYSQL_ROOT_.*|MARIADB_ROOT_.*|MONGO_INITDB_.*|discovery\.type)$/;
const dataMount =
  /^(\/var\/lib\/postgresql|\/var\/lib\/mysql|\/data\/db|\/usr\/share\/elasticsearch\/data|\/bitnami)(\/|$)/;
const dataProgram = /^(postgres|mysqld|mongod|redis-server)$/;
const dataPorts = new Set([
  5432, 3306, 27017, 6379, 9200, 9042, 2379, 8123, 7687, 9092, 5672, 1433, 1521,
]);
const dataWord = "(db|database|cache|postgres|mysql|mariadb|mongo|redis)";
const dataName = new RegExp(`(^|[-_.])${dataWord}([-_.]|\\d*$)`, "i");
const dataService = new RegExp(`^${dataWord}\\d*$`, "i");

const orchestrated = /^(com\.docker\.swarm\.task|io\.kubernetes\.)/;

type Rule = (container: Container, context: RefusalContext) => string | undefined;

const rules: readonly Rule[] = [
  ({ id }, { self }) =>
    self !== undefined && id.startsWith(self) ? "is the one Driftwarden runs in" : undefined,
  ({ images }) => {
    if (images.length === 0) return "runs an image without a name, so nobody can tell what it is";
    const image = images.find(
      (name) => named(dataImages, name) || /(^|\/)(mssql|oracle)/.test(name),
    );
    return image && `runs ${image}, which keeps data`;
  },
  ({ images }) => {
    const image = images.find((name) => named(infrastructureImages, name));
    return image && `runs ${image}, which other containers depend on`;
  },
  ({ envNames }) => {
    const name = envNames.find((entry) => dataEnv.test(entry));
    return name && `is set up as a database (${name})`;
  },
  ({ mounts }) => {
    const mount = mounts.find(({ destination }) => dataMount.test(destination));
    return mount && `keeps data in ${mount.destination}`;
  },
  ({ mounts }) =>
    mounts.some((mount) =>
      [mount.source, mount.destination].some((path) => path.endsWith("docker.sock")),
    )
      ? "holds the engine's own socket"
      : undefined,
  ({ programs }) => {
    const program = programs.find((entry) => dataProgram.test(entry));
    return program && `runs ${program}, which keeps data`;
  },
  (container) => {
    const signs = weakSigns(container);
    return signs.length >= 2 ? `looks like a database (${signs.join(", ")})` : undefined;
  },
  ({ labels }) => {
    const label = Object.keys(labels).find((key) => orchestrated.test(key));
    return label && `belongs to an orchestrator that restarts it itself (${label})`;
  },
  ({ autoRemove }) =>
    autoRemove ? "would be removed by its engine instead of restarted (--rm)" : undefined,
  ({ state }) => stateRefusals[state] ?? (state === "running" ? undefined : `is ${state}`),
  (_container, { dependants }) =>
    dependants.length > 0 ? `lends its network to ${dependants.join(", ")}` : undefined,
];

const stateRefusals: Readonly<Record<string, string>> = {
  paused: "is paused, and a restart would undo that",
  restarting: "is being restarted by its engine already",
  exited: "is stopped, and a restart would start what somebody may have stopped on purpose",
  created: "was never started",
};

/**
 * Why this container must not be restarted. Deny wins: no label and no approval overrules it. A client's own settings
 * (`REDIS_URL`, `DATABASE_URL`) are no sign of a database.
 *
 * @returns one sentence, or undefined when it may be restarted
 * @example refusal(container, {self: undefined, dependants: []}) // "shop-db-1 runs postgres:16, which keeps data."
 */
export function refusal(container: Container, context: RefusalContext): string | undefined {
  for (const rule of rules) {
    const reason = rule(container, context);
    if (reason !== undefined) return `${container.name} ${reason}.`;
  }
  return undefined;
}

/** Strips registry, tag and digest, then compares the base name. */
function named(patterns: string, image: string): boolean {
  const path = image.replace(/@.*$/, "").replace(/:[^/]*$/, "");
  const base = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  return patterns
    .split(" ")
    .some((entry) => (entry.endsWith("*") ? base.startsWith(entry.slice(0, -1)) : base === entry));
}

function weakSigns({ name, labels, exposedPorts }: Container): string[] {
  const service = labels["com.docker.compose.service"] ?? "";
  return [
    ...exposedPorts.filter((port) => dataPorts.has(port)).map((port) => `exposes ${port}`),
    ...(dataName.test(name) ? [`is named ${name}`] : []),
    ...(dataService.test(service) ? [`is the service ${service}`] : []),
  ];
}
