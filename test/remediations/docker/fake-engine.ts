/** An HTTP server on a Unix socket that answers as an engine would, or in any worse way a test asks for. */
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

export interface FakeEngine {
  readonly socket: string;
  /** `METHOD path` of every request, oldest first. */
  readonly requests: readonly string[];
  /** How requests whose path contains the text are answered from now on. */
  on(part: string, answer: Answer): void;
  /** Connections that are open now. */
  connections(): Promise<number>;
  close(): Promise<void>;
}

export const fakeId = "c".repeat(64);

/** An answer in JSON. */
export function json(value: unknown, status = 200): Answer {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify(value));
  };
}

/** What `inspect` says of one running container. */
export function inspection(shown: object = {}): object {
  return {
    Id: fakeId,
    Name: "/svc-1",
    Image: `sha256:${"d".repeat(64)}`,
    Path: "/bin/sh",
    Args: [],
    State: { Status: "running", StartedAt: "2026-03-01T12:00:00Z" },
    HostConfig: { AutoRemove: false },
    Mounts: null,
    Config: { Image: "shop/api:1", Labels: { app: "my-service" }, Env: ["SECRET=hunter2"] },
    ...shown,
  };
}

/** A log frame: one byte for the stream, three zeros, four bytes for the length, the text. */
export function frame(stream: number, text: string | Buffer): Buffer {
  const bytes = Buffer.from(text);
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

/** An answer of these bytes. */
export function raw(bytes: Buffer | string): Answer {
  return (_request, response) => {
    response.writeHead(200, { "content-type": "application/octet-stream" });
    response.end(bytes);
  };
}

export async function startFakeEngine(): Promise<FakeEngine> {
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-fake-engine-"));
  const requests: string[] = [];
  const answers: [string, Answer][] = [
    ["/version", json({ Version: "20.10", ApiVersion: "1.41", MinAPIVersion: "1.12" })],
    ["/containers/json", json([{ Id: fakeId, Names: ["/svc-1"], Labels: { app: "my-service" } }])],
    [`/${fakeId}/json`, json(inspection())],
  ];
  const server = createServer((request, response) => {
    const url = decodeURIComponent(request.url ?? "");
    requests.push(`${request.method} ${url}`);
    const answer = answers.findLast(([part]) => url.includes(part))?.[1];
    (answer ?? json({ message: "page not found" }, 404))(request, response);
  });
  server.listen(join(folder, "docker.sock"));
  await once(server, "listening");
  return {
    socket: join(folder, "docker.sock"),
    requests,
    on: (part, answer) => void answers.push([part, answer]),
    connections: () =>
      new Promise((resolve) => server.getConnections((_error, count) => resolve(count))),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      await rm(folder, { recursive: true, force: true });
    },
  };
}
