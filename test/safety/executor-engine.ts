/** A container engine on a Unix socket for the executor under fuzz. It remembers every request that is not harmless. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { type ClockReading, readClocks } from "../../src/permit.ts";
import type { ActSeen } from "./executor-oracle.ts";

export interface FuzzedContainer {
  readonly id: string;
  readonly name: string;
  readonly app: string;
  readonly image?: string;
  readonly state?: string;
}

export interface FuzzedEngine {
  /** Acts, and readings of logs, since it was asked last. */
  acts(): readonly ActSeen[];
  /** The next look at a container takes so long. */
  slowDown(ms: number): void;
  stop(): Promise<void>;
}

const mib = 1_048_576;

/** What may be asked for at any time. Everything else is an act. */
const harmless =
  /^GET \/(?:version|events|images\/json|containers\/json|containers\/[0-9a-f]{64}\/(?:json|stats)|images\/sha256:[0-9a-f]{64}\/json)$/;

export async function startFuzzedEngine(
  socket: string,
  containers: readonly FuzzedContainer[],
): Promise<FuzzedEngine> {
  const seen: ActSeen[] = [];
  // Before this moment the executor cannot have written what it asks for next.
  let earliest: ClockReading = readClocks();
  let slowMs = 0;
  const answerOf = ({ path, id, verb }: Asked): Answer => {
    const container = containers.find((known) => known.id === id);
    const fixed = answers[path];
    if (fixed !== undefined) return { body: fixed(containers) };
    if (container === undefined) return { status: 404, body: { message: "No such container" } };
    if (verb === "json") return { body: inspected(container) };
    if (verb === "stats") return { body: { memory_stats: { usage: 100 * mib } } };
    return { status: verb === "logs" || verb === "update" ? 200 : 204 };
  };
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const asked = askedIn(request);
    const { method, path, id, verb } = asked;
    if (!harmless.test(`${method} ${path}`)) {
      seen.push({ verb: verb === "" ? `${method} ${path}` : verb, id, at: earliest });
    }
    const { status = 200, body } = answerOf(asked);
    if (verb === "json") await pause(slowMs);
    if (verb === "json") slowMs = 0;
    response.writeHead(status).end(body && JSON.stringify(body));
    earliest = readClocks();
  };
  const server = createServer((request, response) => void take(request, response)).listen(socket);
  await once(server, "listening");
  return {
    acts: () => seen.splice(0),
    slowDown: (ms) => {
      slowMs = ms;
    },
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

interface Asked {
  readonly method: string;
  readonly path: string;
  /** Of the container; empty without one. */
  readonly id: string;
  readonly verb: string;
}

interface Answer {
  readonly status?: number;
  readonly body?: object;
}

function askedIn({ method = "", url = "" }: IncomingMessage): Asked {
  const path = url.replace(/^\/v[\d.]+/, "").replace(/\?.*/, "");
  const [, id = "", verb = ""] = /^\/containers\/([0-9a-f]{64})\/(\w+)$/.exec(path) ?? [];
  return { method, path, id, verb };
}

/** To requests about no one container. */
const answers: Readonly<Record<string, (containers: readonly FuzzedContainer[]) => object>> = {
  "/version": () => ({ Version: "27.0.0", ApiVersion: "1.45" }),
  "/containers/json": (containers) => containers.map(listed),
  "/events": () => ({}),
  "/images/json": () => [{ Id: `sha256:${"2".repeat(64)}`, Created: 1_700_000_000, Size: 1 }],
  "/images/prune": () => ({ SpaceReclaimed: 1 }),
};

const listed = ({ id, name, app }: FuzzedContainer): object => ({
  Id: id,
  Names: [`/${name}`],
  Labels: { app },
  State: "running",
  HostConfig: {},
});

const inspected = (container: FuzzedContainer): object => {
  const { id, name, app, image = "shop/api:1", state = "running" } = container;
  return {
    Id: id,
    Name: `/${name}`,
    Image: `sha256:${"1".repeat(64)}`,
    State: { Status: state, StartedAt: "2026-01-01T00:00:00.000000001Z" },
    Config: { Image: image, Labels: { app }, Env: [], Tty: false },
    HostConfig: { AutoRemove: false, Memory: 128 * mib },
    Mounts: [],
  };
};
