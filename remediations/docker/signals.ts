/** Finds the signals in an inspection that a container keeps data, with one function for each part. Pure. */
import type { Container, Mount } from "./engine.ts";
import { envNamed } from "./env-names.ts";
import { imageNamed, nameOf, programNamed } from "./vocabulary.ts";

export interface Signal {
  readonly says: "database" | "stateful";
  /** `proof` decides alone. The points of signs are added up; data-kept.ts defines them. */
  readonly weight: "proof" | Sign;
  /** The signal may come from the base image, so a tool of the database can have it too. */
  readonly inherited?: boolean;
  /** Text that follows the container's name in a sentence. */
  readonly reason: string;
}

export type Sign = "name" | "service" | "build" | "port" | "volume";

type Look = (container: Container) => readonly Signal[];

const proof = (says: Signal["says"], reason: string): Signal => ({ says, weight: "proof", reason });
const sign = (weight: Sign, reason: string): Signal => ({
  says: "database",
  weight,
  inherited: true,
  reason,
});

const fromImage: Look = ({ images }) =>
  images.flatMap((image) => {
    const named = imageNamed(image);
    if (named === "database") return [proof(named, `runs ${image}, which keeps data`)];
    if (named === "stateful") return [proof(named, `runs ${image}, which loses data at a restart`)];
    return named === "mention" ? [sign("name", `its image is named ${image}`)] : [];
  });

const fromPrograms: Look = ({ programs }) =>
  programs.flatMap((program) => {
    const named = programNamed(program);
    if (named === "database") return [proof(named, `runs ${program}, which keeps data`)];
    return named === "stateful"
      ? [proof(named, `runs ${program}, which loses data at a restart`)]
      : [];
  });

const fromEnv: Look = ({ envNames }) => {
  const isClient = envNames.some((name) => envNamed(name) === "address");
  return envNames.flatMap((name): readonly Signal[] => {
    const named = envNamed(name);
    const isServer = named === "server" || (named === "credentials" && !isClient);
    const reason = `is set up as a database (${name})`;
    if (isServer) return [{ ...proof("database", reason), inherited: true }];
    return named === "build" ? [sign("build", `was built with ${name}`)] : [];
  });
};

const dataPorts: ReadonlySet<number> = new Set([
  1433, 1521, 2181, 2379, 3306, 4222, 5432, 5433, 5672, 5984, 6333, 6379, 7474, 7687, 8086, 8091,
  8123, 8529, 8983, 9042, 9092, 9160, 9200, 11211, 19530, 26257, 27017, 28015, 50000, 61616,
]);

const fromPorts: Look = ({ exposedPorts }) =>
  exposedPorts.filter((port) => dataPorts.has(port)).map((port) => sign("port", `exposes ${port}`));

/** Folders that hold no data, though they may be volumes. */
const harmless =
  /^\/(etc|run|tmp|dev|proc|sys|var\/(run|tmp|log|cache)|docker-entrypoint[^/]*)(\/|$)|\/\.?caches?(\/|$)|(^|[/._-])(logs?|tmp|temp|certs?|certificates|ssl|tls|keys|static|assets|public|node_modules|site-packages|venv|conf|config|secrets?|sock|sockets?|plugins|models?)$/i;
/** Folders in which programs usually keep data. */
const dataFolder = /^\/var\/lib\/.|(^|[/._-])(data|datadir|storage|database|db|bitnami)([/._-]|$)/i;
const databaseFolder =
  /^\/(data\/(db|configdb)|var\/opt\/mssql|opt\/couchbase\/var|u0\d\/app|vault\/file|pgdata|database)(\/|$)/;

function isDatabaseFolder(destination: string): boolean {
  if (databaseFolder.test(destination)) return true;
  const folders = destination.split("/").slice(1);
  const named = folders.filter(
    (folder) => !/^(db|database)$/i.test(folder) && nameOf(folder) === "database",
  );
  if (named.length === 0) return false;
  return folders[0] === "var" || folders[0] === named[0] || dataFolder.test(destination);
}

function fromMount(mount: Mount): readonly Signal[] {
  const { destination, kind, writable, anonymous } = mount;
  const isKept = kind === "volume" || kind === "bind";
  if (!writable || !isKept || harmless.test(destination)) return [];
  const reason = `keeps data in ${destination}`;
  const volume = sign("volume", `has a volume at ${destination}`);
  if (isDatabaseFolder(destination)) {
    return [{ ...proof("database", reason), inherited: anonymous }, volume];
  }
  // A named volume is meant to last, and so is a mount at a usual data folder.
  const isData = dataFolder.test(destination) || (kind === "volume" && !anonymous);
  return isData ? [proof("stateful", reason), volume] : kind === "volume" ? [volume] : [];
}

const fromMounts: Look = ({ mounts }) => mounts.flatMap(fromMount);

const dataWord = /(^|[-_.])(db|database|cache|postgres|mysql|mariadb|mongo|redis)([-_.]|\d*$)/i;

const fromNames: Look = ({ name, labels }) => {
  const service = labels["com.docker.compose.service"] ?? "";
  const isNamed = dataWord.test(name) || ["database", "mention"].includes(nameOf(name) ?? "");
  const isService = /^cache\d*$/i.test(service) || nameOf(service) === "database";
  return [
    ...(isNamed && nameOf(name) !== "companion" ? [sign("name", `is named ${name}`)] : []),
    ...(isService ? [sign("service", `is the service ${service}`)] : []),
  ];
};

/** The functions, in the order in which their reasons are reported. */
const looks: readonly Look[] = [fromImage, fromEnv, fromMounts, fromPrograms, fromPorts, fromNames];

/** All signals that this container keeps data. */
export function signalsOf(container: Container): readonly Signal[] {
  return looks.flatMap((look) => look(container));
}
