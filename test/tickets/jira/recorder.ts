/** A sandbox behind a server that passes everything on and remembers what the adapter sent. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { startJiraSandbox } from "../../../src/sandbox/jira/server.ts";

export interface Sent {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Recorder extends AsyncDisposable {
  readonly url: string;
  readonly sent: readonly Sent[];
}

export async function startRecorder(deployment: "Cloud" | "Server"): Promise<Recorder> {
  const sandbox = await startJiraSandbox({
    deployment,
    textFields: { customfield_10077: "Incident key" },
  });
  const sent: Sent[] = [];
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const bytes = await bytesOf(request);
    const { method = "GET", url = "/" } = request;
    const { pathname, searchParams } = new URL(url, sandbox.url);
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const type = headers["content-type"] ?? "application/json";
    const body = bytes.length === 0 ? undefined : bodyOf(bytes, type);
    sent.push({ method, path: pathname, query: searchParams.toString(), headers, body });
    const { authorization = "", "x-atlassian-token": checked = "" } = headers;
    const answer = await fetch(new URL(url, sandbox.url), {
      method,
      headers: { authorization, "content-type": type, "x-atlassian-token": checked },
      ...(bytes.length === 0 ? {} : { body: new Uint8Array(bytes) }),
    });
    response.writeHead(answer.status, { "content-type": "application/json" });
    response.end(await answer.text());
  };
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    sent,
    [Symbol.asyncDispose]: async () => {
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await sandbox.stop();
    },
  };
}

/** Of a form the description wants to see the parts by name. */
function bodyOf(bytes: Buffer, type: string): unknown {
  const text = bytes.toString("latin1");
  if (!type.startsWith("multipart/form-data")) return JSON.parse(bytes.toString("utf8"));
  const names = [...text.matchAll(/ name="(\w+)"; filename="[\w.-]+"/g)];
  return Object.fromEntries(names.map(([, name = ""]) => [name, "file"]));
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}
