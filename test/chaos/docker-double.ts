/** A container engine on a Unix socket that restarts containers on request, and writes every restart into a ledger. */
import { once } from "node:events";
import { chmod } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { ContainerEngine, Restart } from "./container-engine.ts";

interface Container {
  readonly id: string;
  readonly name: string;
  startedAt: string;
}

/** What a container needs to stop and start. */
const restartMs = 150;

/** @param names of the containers, each with the label `app=<name>` */
export async function startDockerDouble(
  socket: string,
  names: readonly string[],
): Promise<ContainerEngine> {
  const containers = names.map(
    (name, place): Container => ({
      id: String(place).padStart(64, "c"),
      name,
      startedAt: "2026-01-01T00:00:00.000000001Z",
    }),
  );
  const restarts: Restart[] = [];

  const restart = async (container: Container, response: ServerResponse): Promise<void> => {
    const atMs = Date.now();
    await new Promise((resolve) => setTimeout(resolve, restartMs));
    const before = container.startedAt;
    // Like an engine's nanoseconds, it never shows the same time twice.
    const nanoseconds = String(restarts.length).padStart(6, "0");
    const after = new Date().toISOString().replace("Z", `${nanoseconds}Z`);
    container.startedAt = after;
    restarts.push({ container: container.id, before, after, atMs });
    response.writeHead(204).end();
  };

  const server = createServer((request, response) => {
    const path = (request.url ?? "").replace(/^\/v[\d.]+/, "").replace(/\?.*/, "");
    const [, id, verb] = /^\/containers\/([0-9a-z]{64})\/(json|restart|start)$/.exec(path) ?? [];
    const container = containers.find((known) => known.id === id);
    if (path === "/version") {
      answer(response, 200, { Version: "27.0.0", ApiVersion: "1.45", MinAPIVersion: "1.24" });
    } else if (path === "/containers/json") {
      answer(response, 200, containers.map(listed));
    } else if (container === undefined) {
      answer(response, 404, { message: `No such container: ${id}` });
    } else if (verb === "json") {
      answer(response, 200, inspected(container));
    } else if (verb === "restart") {
      void restart(container, response);
    } else {
      response.writeHead(304).end();
    }
  }).listen(socket);
  await once(server, "listening");
  await chmod(socket, 0o666);

  const named = (name: string): Container => {
    const container = containers.find((known) => known.name === name);
    if (container === undefined) throw new Error(`no container ${name}`);
    return container;
  };
  return {
    socket,
    restarts,
    startedAt: (name) => named(name).startedAt,
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

const labelsOf = ({ name }: Container): Record<string, string> => ({ app: name });

const listed = (container: Container): unknown => ({
  Id: container.id,
  Names: [`/${container.name}`],
  Labels: labelsOf(container),
  HostConfig: {},
});

const inspected = (container: Container): unknown => ({
  Id: container.id,
  Name: `/${container.name}`,
  Created: "2026-01-01T00:00:00Z",
  Image: `sha256:${"1".repeat(64)}`,
  State: { Status: "running", Running: true, StartedAt: container.startedAt },
  Config: { Image: "model-server:1", Labels: labelsOf(container), Env: [], Cmd: ["serve"] },
  HostConfig: { NetworkMode: "bridge", AutoRemove: false },
  Mounts: [],
});

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
