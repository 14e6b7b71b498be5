/** Clients of the HTTP server that send bytes as they are, and a server for them. */
import { type AddressInfo, connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { pino } from "pino";
import { onTestFinished } from "vitest";
import { type HttpOptions, type HttpServer, startHttp } from "../../src/http/server.ts";
import { createHealth } from "../../src/telemetry/health.ts";
import { createRegistry } from "../../src/telemetry/registry.ts";

/** Closed when the test has finished. */
export async function startServer(options: Partial<HttpOptions> = {}): Promise<HttpServer> {
  const server = await startHttp({
    listen: { host: "127.0.0.1", port: 0 },
    registry: createRegistry("1.2.3"),
    health: createHealth(),
    routes: [],
    logger: pino({ level: "silent" }),
    ...options,
  });
  onTestFinished(() => server.close());
  return server;
}

/** A connection that is never read unless the test reads it. Destroyed when the test has finished. */
export function connected({ url }: HttpServer): Socket {
  const port: AddressInfo["port"] = Number(new URL(url).port);
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => undefined);
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Resolves when the connection is gone, whoever ended it. */
export function gone(socket: Socket): Promise<true> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve(true);
    socket.once("close", () => resolve(true));
  });
}

/** Resolves when the server has ended the connection; reads what comes until then. */
export function ended(socket: Socket): Promise<true> {
  return new Promise((resolve) => {
    if (socket.readableEnded) resolve(true);
    socket.once("end", () => resolve(true)).once("close", () => resolve(true));
    socket.resume();
  });
}

/** Sends bytes as they are and gives what came back until the connection was closed. */
export async function raw(server: HttpServer, bytes: string | Uint8Array): Promise<string> {
  const socket = connected(server);
  socket.write(bytes);
  const answer = await text(socket);
  socket.end();
  return answer;
}

/** A plain request. */
export function get(path: string, more = ""): string {
  return `GET ${path} HTTP/1.1\r\nhost: localhost\r\n${more}\r\n`;
}
