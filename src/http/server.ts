/** The HTTP server: its limits, its address, and one log line when it listens. Its paths are in app.ts. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { getRequestListener, RequestError } from "@hono/node-server";
import type { Logger } from "pino";
import { messageOf } from "../errors.ts";
import { allowedHosts } from "./allowed-hosts.ts";
import { type HttpAppParts, httpApp } from "./app.ts";
import { type ConnectionLimits, Connections } from "./connections.ts";
import { HttpError, malformed } from "./errors.ts";
import { errorAnswer, errorBody } from "./respond.ts";
import { Turns } from "./turns.ts";

export interface HttpOptions extends Omit<HttpAppParts, "isAllowed"> {
  readonly listen: { readonly host: string /** 0: any free one. */; readonly port: number };
  readonly logger: Logger;
  /** Default: {@link defaultLimits}. */
  readonly limits?: Partial<HttpLimits>;
}

/** What clients may cost. */
export interface HttpLimits extends ConnectionLimits {
  /** From the opening of a connection, or from the first byte of a later request. */
  readonly headersTimeoutMs: number;
}

const defaultLimits: HttpLimits = {
  maxConnections: 256,
  headersTimeoutMs: 5000,
  answerTimeoutMs: 10_000,
  maxUnsentBytes: 16 * 1024 * 1024,
  sweepIntervalMs: 1000,
};

export interface HttpServer {
  /** Where it listens, with the port it got: `http://127.0.0.1:9642`. */
  readonly url: string;
  /** Answers what is under way, at most two seconds long, then closes every connection. */
  close(): Promise<void>;
}

const turnLimits = { atOnce: 4, waitingPerConnection: 16 };
const closeGraceMs = 2000;
/** For a client to read why its connection is closed. */
const lingerMs = 1000;

/**
 * Starts to listen and says so: the line `listening` carries `url`.
 *
 * @throws HttpError DW_HTTP_LISTEN when the address cannot be had
 */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { listen, logger } = options;
  const server = limitedServer(options);
  server.listen(listen.port, listen.host);
  await once(server, "listening").catch((cause: unknown) => {
    throw new HttpError(
      "DW_HTTP_LISTEN",
      `listening on ${listen.host}:${listen.port}: ${messageOf(cause)}`,
      {
        status: 500,
        hint: "Give http.listen an address of this machine and a port that nobody else uses.",
        cause,
      },
    );
  });
  // Without a listener, an error while accepting a connection would end the process.
  server.on("error", (err) => logger.error({ err }, "http server failed"));
  const url = urlOf(server);
  logger.info({ url }, "listening");
  return { url, close: () => close(server) };
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") return "";
  const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
  return `http://${host}:${address.port}`;
}

function limitedServer(options: HttpOptions): Server {
  const limits = { ...defaultLimits, ...options.limits };
  const server = createServer({
    maxHeaderSize: 16_384,
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: 2 * limits.headersTimeoutMs,
    keepAliveTimeout: 5000,
    connectionsCheckingInterval: limits.sweepIntervalMs,
  });
  const turns = new Turns(turnLimits, new Connections(server, limits));
  const answerTo = answerer(options);
  server.on("request", (request, response) => {
    const mayWait = request.url?.includes("/api/") === true;
    turns.take({ request, response, mayWait, work: () => answerTo(request, response) });
  });
  for (const expecting of ["checkContinue", "checkExpectation"])
    server.on(expecting, (request: IncomingMessage, response: ServerResponse) => {
      turns.take({ request, response, mayWait: false, work: () => refuseBody(response) });
    });
  return server.on("clientError", refuseMalformed);
}

type Answerer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

function answerer({ listen, logger, ...parts }: HttpOptions): Answerer {
  const failed = (thrown: unknown, path?: string): Response => {
    const answer = errorAnswer(thrown instanceof RequestError ? malformed(thrown.message) : thrown);
    if (answer.status === 500) logger.error({ err: thrown, path }, "request failed");
    return answer;
  };
  const app = httpApp({ ...parts, isAllowed: allowedHosts(listen.host) });
  app.onError((error, { env }) => failed(error, env.incoming.url));
  return getRequestListener(app.fetch, {
    // A client of HTTP/1.0 may send no Host header.
    hostname: "localhost",
    errorHandler: failed,
    overrideGlobalObjects: false,
    // The unread rest of a body is dropped with its connection.
    autoCleanupIncoming: false,
  });
}

function refuseBody(response: ServerResponse): void {
  response.writeHead(417, { connection: "close" }).end();
}

function refuseMalformed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const tooLarge = error.code === "HPE_HEADER_OVERFLOW";
  const status = tooLarge ? "431 Request Header Fields Too Large" : "400 Bad Request";
  const problem = tooLarge
    ? malformed("the header is too large", 431)
    : malformed("this is not HTTP");
  const body = errorBody(problem);
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\n`;
  socket.end(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  setTimeout(() => socket.destroy(), lingerMs).unref();
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const cutOff = setTimeout(() => server.closeAllConnections(), closeGraceMs);
  await closed.finally(() => clearTimeout(cutOff));
}
