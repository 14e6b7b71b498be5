import { describe, expect, it } from "vitest";
import { type HttpServer } from "../../src/http/server.ts";
import { raw, startServer } from "../fakes/raw-client.ts";

const start = (host = "127.0.0.1"): Promise<HttpServer> =>
  startServer({ listen: { host, port: 0 } });

describe("a request whose body nobody asked for", () => {
  it.each([
    ["of a length", "content-length: 500000\r\n\r\nhello"],
    ["in chunks", "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n"],
  ])("%s is answered and its connection closed before the body has come", async (_, rest) => {
    const answer = await raw(await start(), `POST /metrics HTTP/1.1\r\nhost: localhost\r\n${rest}`);
    expect(answer).toMatch(/^HTTP\/1\.1 405 .*allow: GET, HEAD\r\n.*connection: close\r\n/is);
    expect(answer).toContain("DW_HTTP_METHOD");
  });
});

describe("the Host header of HTTP/1.0", () => {
  const bytes = "GET /-/healthy HTTP/1.0\r\n\r\n";

  it("may be left out where the network decides who gets through", async () => {
    expect(await raw(await start("0.0.0.0"), bytes)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("may not be left out on loopback", async () => {
    expect(await raw(await start(), bytes)).toMatch(/^HTTP\/1\.1 403 .*DW_HTTP_HOST/s);
  });
});

describe("a request that names no resource", () => {
  it.each([
    ["a host that cannot be one", "GET /-/healthy HTTP/1.1\r\nhost: a b%%\r\n"],
    ["a target that is no path", "GET * HTTP/1.1\r\nhost: localhost\r\n"],
    ["two slashes", "GET // HTTP/1.1\r\nhost: localhost\r\n"],
    ["a NUL", "GET /api/v1/runs?after=1:a%00b HTTP/1.1\r\nhost: localhost\r\n"],
    ["what is not encoded", "GET /%zz HTTP/1.1\r\nhost: localhost\r\n"],
    ["an address that cannot be read", "GET http://[bad/ HTTP/1.1\r\nhost: localhost\r\n"],
  ])("by %s is malformed", async (_, head) => {
    expect(await raw(await start(), `${head}connection: close\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 400 .*DW_HTTP_MALFORMED/s,
    );
  });
});

describe("HEAD", () => {
  it("says the length that GET would have", async () => {
    const answer = await raw(
      await start(),
      "HEAD /-/healthy HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
    );
    expect(answer).toMatch(/content-length: 17\r\n/i);
    expect(answer.endsWith("\r\n\r\n")).toBe(true);
  });
});

describe("the server", () => {
  it("leaves the process's own Request and Response as they are", async () => {
    const { Request, Response } = globalThis;
    const server = await start();
    await raw(server, "GET /metrics HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    expect(globalThis.Request).toBe(Request);
    expect(globalThis.Response).toBe(Response);
  });
});
