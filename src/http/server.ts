/** The HTTP server: limits, who is answered, one line in the log when it listens. What it answers: router.ts. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Logger } from "pino";
import { messageOf } from "../errors.ts";
import { allowedHosts } from "./allowed-hosts.ts";
import { HttpError } from "./errors.ts";
import { type Answer, errorAnswer, send } from "./respond.ts";
import { type RouteParts, router } from "./router.ts";

export interface HttpOptions extends RouteParts {
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
  const answer = answerer(options);
  const server = createServer(limits, (request, response) => {
    void answer(request).then((given) => send(response, given));
  });
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

function answerer(options: HttpOptions): (request: IncomingMessage) => Promise<Answer> {
  const route = router(options);
  const isAllowed = allowedHosts(options.listen.host);
  return async (request) => {
    try {
      checkHost(request, isAllowed);
      const refused = wrongMethod(request);
      return refused ?? (await route(new URL(request.url ?? "/", "http://localhost")));
    } catch (err) {
      const given = errorAnswer(err);
      if (given.status === 500) options.logger.error({ err, path: request.url }, "request failed");
      return given;
    }
  };
}

function checkHost(
  request: IncomingMessage,
  isAllowed: (header: string | undefined) => boolean,
): void {
  if (isAllowed(request.headers.host)) return;
  throw new HttpError("DW_HTTP_HOST", "this name is not answered here", {
    status: 403,
    hint: "Ask under the address that http.listen names, or under localhost.",
  });
}

/** Everything is read only, and a body is never read: its connection is closed instead. */
function wrongMethod(request: IncomingMessage): Answer | undefined {
  if (request.method === "GET" || request.method === "HEAD") return undefined;
  const error = new HttpError("DW_HTTP_METHOD", `${request.method} is not possible here`, {
    status: 405,
    hint: "Use GET.",
  });
  return { ...errorAnswer(error), headers: { allow: "GET, HEAD", connection: "close" } };
}

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
  const { body } = errorAnswer(
    new HttpError("DW_HTTP_MALFORMED", tooLarge ? "the header is too large" : "this is not HTTP", {
      status: tooLarge ? 431 : 400,
      hint: "Send a plain HTTP/1.1 request with less than 16 KB of headers.",
    }),
  );
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
