/** A container engine on a Unix socket whose one container vanishes at the moment when it is to be restarted. */

import { once } from "node:events";
import { chmod } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";

export interface VanishingEngine {
  stop(): void;
}

const id = "c".repeat(64);
const labels = { app: "my-service" };
const inspected = {
  Id: id,
  Name: "/my-service-1",
  Created: "2026-01-01T00:00:00Z",
  Image: `sha256:${"1".repeat(64)}`,
  State: { Status: "running", Running: true, StartedAt: "2026-01-01T00:00:00Z" },
  Config: { Image: "my-service:1", Labels: labels, Env: [], Cmd: ["serve"], ExposedPorts: {} },
  HostConfig: { NetworkMode: "bridge", AutoRemove: false },
  Mounts: [],
};

/** @param socket path, which any user may open */
export async function startVanishingEngine(socket: string): Promise<VanishingEngine> {
  let there = true;
  const server = createServer((request, response) => {
    const path = (request.url ?? "").replace(/^\/v[\d.]+/, "").replace(/\?.*/, "");
    if (path === "/version") {
      answer(response, 200, { Version: "27.0.0", ApiVersion: "1.45", MinAPIVersion: "1.24" });
    } else if (path === "/containers/json") {
      const listed = { Id: id, Names: [inspected.Name], Labels: labels, HostConfig: {} };
      answer(response, 200, [listed]);
    } else if (path === `/containers/${id}/json` && there) {
      answer(response, 200, inspected);
    } else {
      there = false;
      answer(response, 404, { message: `No such container: ${id}` });
    }
  }).listen(socket);
  await once(server, "listening");
  await chmod(socket, 0o666);
  return {
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
