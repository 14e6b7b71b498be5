/**
 * How a dockerode call reaches the engine: one HTTP exchange over a Unix socket. Calls outside a closed list
 * are refused.
 *
 * dockerode builds the method, path and body of each call. Its usual transport, docker-modem, is not used:
 *
 * - It follows redirects to other hosts, and then throws where nobody can catch the error.
 * - It prefers DOCKER_HOST to the socket that it was given.
 * - Its promise never settles when an answer is cut off.
 * - It returns invalid JSON as a Buffer.
 */
import { type IncomingMessage, request } from "node:http";
import { callbackify } from "node:util";
import { type Permission, writePermitted } from "../../src/permit.ts";
import { DockerError } from "./errors.ts";

/** The call that dockerode passes to its transport. `path` ends in `?` when `options` belong in the query. */
interface Call {
  readonly path: string;
  readonly method: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly statusCodes: Readonly<Record<number, true | string>>;
}

/** The part of docker-modem that dockerode needs. */
export interface Transport {
  dial(call: Call, callback: (error: unknown, answer?: unknown) => void): void;
}

/** `mayAct` is called once the connection is open, before the first byte is sent. */
export interface TransportOptions extends Permission {
  readonly socket: string;
  /** Prefix of every path, for example `/v1.41`; empty for the engine's newest. */
  readonly prefix: string;
  /** One exchange settles within this many milliseconds of real time. */
  readonly deadlineMs: number;
}

/** The request was not sent; `cause` is what `mayAct` threw. */
export class NotSent extends Error {}

interface EngineAnswer {
  readonly status: number;
  readonly body: Buffer;
}

// An invalid id (`x/kill?signal=KILL&y=`) could otherwise turn the call into another verb.
const allowed =
  /^(GET \/(version|containers\/json|containers\/[0-9a-f]{64}\/(json|logs|stats)|events|images\/(json|sha256:[0-9a-f]{64}\/json))|POST \/(containers\/[0-9a-f]{64}\/(restart|start|update)|images\/prune))\??$/;

/** A list of 10,000 containers is about 20 MB. */
const maxAnswerBytes = 64 * 1024 * 1024;

/** A transport for one or more calls. Each exchange opens its own connection. */
export function unixTransport(options: TransportOptions): Transport {
  return {
    dial: callbackify(async (call: Call) => read(call, await exchange(options, call))),
  };
}

function exchange(options: TransportOptions, call: Call): Promise<EngineAnswer> {
  const verb = `${call.method} ${call.path}`;
  if (!allowed.test(verb)) {
    return Promise.reject(new DockerError("DW_DOCKER_REFUSED", `refused to send "${verb}"`));
  }
  const body = bodyOf(call);
  return new Promise((resolve, reject) => {
    const succeeded = (answer: EngineAnswer): void => {
      clearTimeout(deadline);
      resolve(answer);
    };
    const failed = (error: Error): void => {
      clearTimeout(deadline);
      const known = error instanceof DockerError || error instanceof NotSent;
      reject(known ? error : connectionError(error, { options, call }));
    };
    const sent = request({
      socketPath: options.socket,
      path: options.prefix + withQuery(call),
      method: call.method,
      ...(body !== undefined && { headers: { "content-type": "application/json" } }),
      // A kept-alive connection may be dead. With a new connection for each exchange, a failure to connect means that
      // nothing was sent.
      agent: false,
    });
    const notSent = (cause: unknown): void => {
      failed(new NotSent("not sent", { cause }));
      sent.destroy();
    };
    const send = (): void => {
      if (!sent.destroyed) sent.end(body);
    };
    const deadline = setTimeout(() => {
      failed(new Expired());
      sent.destroy();
    }, options.deadlineMs);
    sent.once("response", (response) => {
      collect(response).then(succeeded, failed);
    });
    // More errors can follow the first one. Without a listener they would end the process.
    sent.on("error", failed);
    sent.once("socket", (socket) => {
      socket.once("connect", () => void writePermitted(options, send).catch(notSent));
    });
  });
}

function withQuery({ path, options = {} }: Call): string {
  if (!path.endsWith("?")) return path;
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(options)) {
    query.set(key, typeof value === "string" ? value : JSON.stringify(value));
  }
  return query.size === 0 ? path.slice(0, -1) : path + query.toString();
}

/** Options belong in the body of a POST whose path has no query. */
function bodyOf({ method, path, options }: Call): string | undefined {
  return method === "POST" && !path.endsWith("?") ? JSON.stringify(options ?? {}) : undefined;
}

async function collect(response: IncomingMessage): Promise<EngineAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The loop throws when the answer is cut off.
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxAnswerBytes) {
      throw new DockerError("DW_DOCKER_PROTOCOL", `an answer of over ${maxAnswerBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return { status: response.statusCode ?? 0, body: Buffer.concat(chunks) };
}

class Expired extends Error {}

function connectionError(
  error: NodeJS.ErrnoException,
  { options, call }: { options: TransportOptions; call: Call },
): DockerError {
  const maybeApplied = call.method === "POST" && error.syscall !== "connect";
  const occurrence = { cause: error, maybeApplied };
  const where = `the engine at ${options.socket}`;
  if (error instanceof Expired) {
    const text = `${where} did not answer within ${options.deadlineMs} ms`;
    return new DockerError("DW_DOCKER_TIMEOUT", text, occurrence);
  }
  if (error.code === "EACCES" || error.code === "EPERM") {
    return new DockerError("DW_DOCKER_FORBIDDEN", `no permission on ${options.socket}`, occurrence);
  }
  if (error.code?.startsWith("HPE_") === true) {
    const text = `${where} does not answer in HTTP: ${error.message}`;
    return new DockerError("DW_DOCKER_PROTOCOL", text, occurrence);
  }
  return new DockerError("DW_DOCKER_UNREACHABLE", `asking ${where}: ${error.message}`, occurrence);
}

/** Requests whose answers are not a single JSON value. The caller reads the bytes. */
const isBytes = /\/(logs|events)\?$/;

function read(call: Call, { status, body }: EngineAnswer): unknown {
  // 304: the container is in that state already.
  if (call.statusCodes[status] !== true && status !== 304)
    throw statusError(call, status, body.toString("utf8"));
  if (call.method === "POST" && call.path !== "/images/prune?") return undefined;
  if (isBytes.test(call.path)) return body;
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (error) {
    const text = `the engine's answer to ${call.path} is not JSON`;
    const maybeApplied = call.method === "POST";
    throw new DockerError("DW_DOCKER_PROTOCOL", text, { cause: error, maybeApplied });
  }
}

function statusError(call: Call, status: number, body: string): DockerError {
  const message = `the engine answered ${status} to ${call.method} ${call.path}: ${body.trim().slice(0, 300)}`;
  if (status === 404 && !body.includes("page not found")) {
    return new DockerError("DW_DOCKER_GONE", message);
  }
  if (status === 401 || status === 403) return new DockerError("DW_DOCKER_FORBIDDEN", message);
  if (status === 409) return new DockerError("DW_DOCKER_CONFLICT", message);
  // A restart that fails half-way may leave the container stopped.
  const maybeApplied = call.method === "POST" && status >= 500;
  if (status >= 500) return new DockerError("DW_DOCKER_FAILED", message, { maybeApplied });
  return new DockerError("DW_DOCKER_PROTOCOL", message);
}
