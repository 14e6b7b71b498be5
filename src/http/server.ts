/** The HTTP server: its limits, its address, and one log line when it listens. Its paths are in app.ts. */
import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import type { Socket } from "node:net";
import { getRequestListener, RequestError } from "@hono/node-server";
import type { Logger } from "pino";
import { messageOf } from "../errors.ts";
import { allowedHosts } from "./allowed-hosts.ts";
import { type HttpAppParts, httpApp } from "./app.ts";
import { HttpError } from "./errors.ts";
import { errorAnswer, errorBody } from "./respond.ts";

export interface HttpOptions extends Omit<HttpAppParts, "isAllowed"> {
  readonly listen: { readonly host: string /** 0: any free one. */; readonly port: number };
  readonly logger: Logger;
}

export interface HttpServer {
  /** Where it listens, with the port it got: `http://127.0.0.1:9642`. */
  readonly url: string;
  /** Answers what is under way, at most two seconds long, then closes every connection. */
  close(): Promise<void>;
}

const limits = {
  maxHeaderSize: 16_384,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
};
const maxConnections = 256;
const closeGraceMs = 2000;

/**
 * Starts to listen and says so: the line `listening` carries `url`.
 *
 * @throws HttpError DW_HTTP_LISTEN when the address cannot be had
 */
export async function startHttp(options: HttpOptions): Promise<HttpServer> {
  const { listen, logger } = options;
  const server = createServer(limits, listener(options));
  server.maxConnections = maxConnections;
  server.on("checkContinue", refuseBody).on("clientError", refuseMalformed);
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
  // Nothing listens on errors otherwise, and one at accept time would end the process.
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

function listener({ listen, logger, ...parts }: HttpOptions): RequestListener {
  const failed = (thrown: unknown, path?: string): Response => {
    const answer = errorAnswer(thrown instanceof RequestError ? malformed(thrown.message) : thrown);
    if (answer.status === 500) logger.error({ err: thrown, path }, "request failed");
    return answer;
  };
  const app = httpApp({ ...parts, isAllowed: allowedHosts(listen.host) });
  app.onError((error, { env }) => failed(error, env.incoming.url));
  const answerFrom = getRequestListener(app.fetch, {
    // A client of HTTP/1.0 may send no Host header.
    hostname: "localhost",
    errorHandler: failed,
    overrideGlobalObjects: false,
    // What is left of a body goes with its connection.
    autoCleanupIncoming: false,
  });
  return (request, response) => void answerFrom(request, response);
}

const malformed = (problem: string, status = 400): HttpError =>
  new HttpError("DW_HTTP_MALFORMED", problem, {
    status,
    hint: "Send a plain HTTP/1.1 request with less than 16 KB of headers.",
  });

function refuseBody(_request: IncomingMessage, response: ServerResponse): void {
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
}

async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  const cutOff = setTimeout(() => server.closeAllConnections(), closeGraceMs);
  await closed.finally(() => clearTimeout(cutOff));
}
