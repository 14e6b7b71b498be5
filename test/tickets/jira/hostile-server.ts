/** A server that answers every request the same, badly chosen way, and remembers what it was sent. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface HostileServer extends AsyncDisposable {
  readonly url: string;
  readonly seen: readonly Seen[];
  once(event: "connection", listener: () => void): void;
}

export async function hostileServer(
  answer: (response: ServerResponse, request: IncomingMessage, body: string) => unknown,
): Promise<HostileServer> {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.once("end", () => {
      const { method = "", url = "", headers } = request;
      seen.push({ method, path: url, headers, body });
      answer(response, request, body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    seen,
    once: (event, listener) => void server.once(event, listener),
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
