/** The engine's whole HTTP API without the closed list, for the sandbox, which makes and removes its own containers. */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { SandboxDockerError } from "./docker-errors.ts";

export interface DockerCall {
  /** Plain data is sent as JSON, a stream as a tar archive. */
  readonly body?: object | Readable;
}

export interface DockerApi {
  /**
   * @param call for example `POST /containers/x/pause`
   * @returns the answer, parsed if it is JSON
   * @throws SandboxDockerError when the status is 400 or above
   */
  (call: string, options?: DockerCall): Promise<unknown>;
}

/** A client of the engine behind a socket. */
export function dockerApi(socketPath: string): DockerApi {
  return async (call, { body } = {}) => {
    const response = await send(socketPath, call, body);
    const text = (await response.setEncoding("utf8").toArray()).join("");
    if ((response.statusCode ?? 0) >= 400) {
      throw new SandboxDockerError("DW_SANDBOX_DOCKER_FAILED", `${call}: ${text.trim()}`, {
        hint: "Read what the engine says; the sandbox asked it for something that it cannot do.",
      });
    }
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  };
}

/** Hands on the engine's events as they happen, from when it resolves until the engine ends. */
export async function watchEvents(
  socketPath: string,
  filters: object,
  onEvent: (event: unknown) => void,
): Promise<void> {
  const query = encodeURIComponent(JSON.stringify(filters));
  const response = await send(socketPath, `GET /events?filters=${query}`);
  const lines = createInterface(response);
  lines.on("line", (line) => onEvent(JSON.parse(line)));
  // An engine that ends breaks its answer off.
  lines.on("error", () => undefined);
}

async function send(
  socketPath: string,
  call: string,
  body?: object | Readable,
): Promise<IncomingMessage> {
  const [method = "", path = ""] = call.split(" ");
  const stream = body !== undefined && "pipe" in body;
  const type = stream ? "application/x-tar" : "application/json";
  const headers = body === undefined ? {} : { "content-type": type };
  const sent = request({ socketPath, method, path, headers, agent: false });
  const answered = once(sent, "response");
  if (stream) body.pipe(sent);
  else sent.end(body === undefined ? undefined : JSON.stringify(body));
  const [response] = await answered;
  return response;
}
