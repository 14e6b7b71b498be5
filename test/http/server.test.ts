import { once } from "node:events";
import { request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { pino } from "pino";
import { afterEach, describe, expect, it } from "vitest";
import { DriftwardenError } from "../../src/errors.ts";
import { type HttpServer, startHttp } from "../../src/http/server.ts";
import type { HttpRoute } from "../../src/http-route.ts";
import { createHealth, type HealthRegistry } from "../../src/telemetry/health.ts";
import { createRegistry } from "../../src/telemetry/registry.ts";

const servers: HttpServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

interface Given {
  readonly host?: string;
  readonly health?: HealthRegistry;
  readonly routes?: readonly HttpRoute[];
  readonly log?: string[];
}

async function start(given: Given = {}): Promise<HttpServer> {
  const { log = [] } = given;
  const server = await startHttp({
    listen: { host: given.host ?? "127.0.0.1", port: 0 },
    registry: createRegistry("1.2.3"),
    health: given.health ?? createHealth(),
    routes: given.routes ?? [],
    logger: pino({}, { write: (line: string) => void log.push(line) }),
  });
  servers.push(server);
  return server;
}

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
}

async function ask(
  server: HttpServer,
  path: string,
  { method = "GET", headers = {} }: Ask = {},
): Promise<Answer> {
  const asked = request(`${server.url}${path}`, {
    method,
    headers: { connection: "close", ...headers },
  });
  asked.end();
  const [response] = await once(asked, "response");
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

/** Sends bytes as they are and gives what came back. */
async function raw(server: HttpServer, bytes: string): Promise<string> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.write(bytes);
  return await text(socket);
}

describe("the HTTP server", () => {
  it("says where it listens once it does", async () => {
    const log: string[] = [];
    const server = await start({ log });
    expect(JSON.parse(log.join(""))).toMatchObject({ msg: "listening", url: server.url });
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it("listens on IPv6 as well", async () => {
    const server = await start({ host: "::1" });
    expect(server.url).toMatch(/^http:\/\/\[::1\]:\d+$/);
    expect(await ask(server, "/-/healthy")).toMatchObject({ status: 200 });
  });

  it("says so when the address is taken", async () => {
    const { port } = new URL((await start()).url);
    const taken = startHttp({
      listen: { host: "127.0.0.1", port: Number(port) },
      registry: createRegistry("1"),
      health: createHealth(),
      routes: [],
      logger: pino({ level: "silent" }),
    });
    await expect(taken).rejects.toMatchObject({ code: "DW_HTTP_LISTEN" });
  });

  it("lets an answer under way finish when it closes", async () => {
    const entered = new AbortController();
    const release = new AbortController();
    const slow: HttpRoute = {
      path: "/api/v1/models",
      handler: async () => {
        const released = once(release.signal, "abort");
        entered.abort();
        await released;
        return { items: [], next: null };
      },
    };
    const server = await start({ routes: [slow] });
    const isEntered = once(entered.signal, "abort");
    const answer = ask(server, "/api/v1/models");
    await isEntered;
    const closed = server.close();
    release.abort();
    expect(await answer).toMatchObject({ status: 200 });
    await closed;
  });
});

describe("/metrics", () => {
  it("shows the registry in Prometheus' own format", async () => {
    const answer = await ask(await start(), "/metrics");
    expect(answer.headers["content-type"]).toContain("text/plain; version=0.0.4");
    expect(answer.body).toContain('driftwarden_build_info{version="1.2.3"');
  });
});

describe("/-/ready", () => {
  it("is 200 and names every part when all can work", async () => {
    const health = createHealth();
    health.register("store", () => ({ ok: true }));
    const answer = await ask(await start({ health }), "/-/ready");
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual({
      ready: true,
      degraded: false,
      parts: { store: { ok: true, degraded: false, reason: null } },
    });
  });

  it("is 503 and says which part cannot, and why", async () => {
    const health = createHealth();
    health.register("store", () => ({ ok: true }));
    health.register("source:main", () => ({ ok: false, reason: "no poll for 3m" }));
    const answer = await ask(await start({ health }), "/-/ready");
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body)).toEqual({
      ready: false,
      degraded: false,
      parts: {
        store: { ok: true, degraded: false, reason: null },
        "source:main": { ok: false, degraded: false, reason: "no poll for 3m" },
      },
    });
  });
});

const broken: HttpRoute = {
  path: "/api/v1/runs",
  handler: () => {
    throw new TypeError("password is hunter2");
  },
};

describe("/api/v1", () => {
  const incidents: HttpRoute = {
    path: "/api/v1/incidents",
    handler: (query) => ({ items: [{ number: 1 }], next: query.get("after") }),
  };

  it("gives what a room's route gives", async () => {
    const answer = await ask(await start({ routes: [incidents] }), "/api/v1/incidents?after=x");
    expect(JSON.parse(answer.body)).toEqual({ items: [{ number: 1 }], next: "x" });
  });

  it.each([
    ["an outage", 503, true],
    ["a failure", 500, false],
  ])("shows %s of our own with its code and hint", async (_what, status, retryable) => {
    const handler = (): never => {
      throw new DriftwardenError("DW_X_Y", "the store does not answer", {
        hint: "Wait.",
        retryable,
      });
    };
    const answer = await ask(
      await start({ routes: [{ path: "/api/v1/runs", handler }] }),
      "/api/v1/runs",
    );
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual({
      code: "DW_X_Y",
      message: "the store does not answer",
      hint: "Wait.",
    });
  });

  it("keeps what was not foreseen to the log", async () => {
    const log: string[] = [];
    const server = await start({ routes: [broken], log });
    const answer = await ask(server, "/api/v1/runs");
    expect(answer.status).toBe(500);
    expect(answer.body).toContain("DW_HTTP_INTERNAL");
    expect(answer.body).not.toContain("hunter2");
    expect(log.at(-1)).toContain("request failed");
  });
});

describe("a request that is not answered", () => {
  it.each([
    { path: "/nothing", method: "GET", status: 404, code: "DW_HTTP_NOT_FOUND" },
    { path: "/metrics/", method: "GET", status: 404, code: "DW_HTTP_NOT_FOUND" },
    { path: "//evil", method: "GET", status: 400, code: "DW_HTTP_MALFORMED" },
    { path: "/nothing", method: "DELETE", status: 404, code: "DW_HTTP_NOT_FOUND" },
    { path: "/metrics", method: "POST", status: 405, code: "DW_HTTP_METHOD" },
    { path: "/metrics", method: "DELETE", status: 405, code: "DW_HTTP_METHOD" },
  ])("$method $path says why in JSON", async ({ path, method, status, code }) => {
    const answer = await ask(await start(), path, { method });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body)).toEqual({
      code,
      message: expect.any(String),
      hint: expect.any(String),
    });
    expect(answer.headers["allow"]).toBe(status === 405 ? "GET, HEAD" : undefined);
  });

  it("has a header without end", async () => {
    const server = await start();
    expect(await raw(server, `GET / HTTP/1.1\r\nx: ${"y".repeat(40_000)}\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 431 .*DW_HTTP_MALFORMED/s,
    );
  });

  it("is no HTTP", async () => {
    expect(await raw(await start(), "hello\r\n\r\n")).toMatch(
      /^HTTP\/1\.1 400 .*DW_HTTP_MALFORMED/s,
    );
  });

  it("asks first whether its body is welcome", async () => {
    const bytes =
      "POST / HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n";
    expect(await raw(await start(), bytes)).toMatch(/^HTTP\/1\.1 417/);
  });
});

describe("HEAD", () => {
  it("is answered like GET, without the body", async () => {
    const answer = await ask(await start(), "/-/healthy", { method: "HEAD" });
    expect(answer).toMatchObject({ status: 200, body: "" });
  });
});

describe("the Host header, on loopback", () => {
  it.each(["127.0.0.1:9642", "localhost", "LOCALHOST:1", "[::1]:9642"])(
    "may be %s",
    async (host) => {
      expect(await ask(await start(), "/-/healthy", { headers: { host } })).toMatchObject({
        status: 200,
      });
    },
  );

  it.each(["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:9642"])(
    "may not be %s, which a browser sends after DNS rebinding",
    async (host) => {
      const answer = await ask(await start(), "/-/healthy", { headers: { host } });
      expect(answer.status).toBe(403);
      expect(JSON.parse(answer.body)).toMatchObject({ code: "DW_HTTP_HOST" });
    },
  );

  it("may be anything where the network decides who gets through", async () => {
    const server = await start({ host: "0.0.0.0" });
    expect(await ask(server, "/-/healthy", { headers: { host: "dw.internal" } })).toMatchObject({
      status: 200,
    });
  });
});
