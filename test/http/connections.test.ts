import { once } from "node:events";
import { describe, expect, it } from "vitest";
import type { HttpRoute } from "../../src/http-route.ts";
import { connected, ended, get, gone, raw, startServer } from "../fakes/raw-client.ts";

const soon = { sweepIntervalMs: 10, headersTimeoutMs: 100, answerTimeoutMs: 100 };
/** More than the buffers of two sockets hold. */
const large: HttpRoute = {
  path: "/api/v1/large",
  handler: () => ({ items: ["x".repeat(12_000_000)], next: null }),
};
const scrape = get("/metrics", "connection: close\r\n");

describe("256 connections that say nothing (FR-L2)", () => {
  it("keep no scrape out: the one that is idle for the longest time gives its place", async () => {
    const server = await startServer();
    const silent = Array.from({ length: 256 }, () => connected(server));
    await Promise.all(silent.map((socket) => once(socket, "connect")));
    expect(await raw(server, scrape)).toMatch(/^HTTP\/1\.1 200 /);
    expect(await ended(silent[0]!)).toBe(true);
    expect(silent.slice(1).filter((socket) => socket.readableEnded)).toEqual([]);
  });

  it("with half a request keep no scrape out", async () => {
    const server = await startServer();
    const half = Array.from({ length: 256 }, () => connected(server));
    for (const socket of half) socket.write("GET /metrics HTTP/1.1\r\nhost:");
    await Promise.all(half.map((socket) => once(socket, "connect")));
    for (let second = 0; second < 3; second++)
      expect(await raw(server, scrape)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe("a connection (FR-L2)", () => {
  it.each([
    ["says nothing", ""],
    ["sends half a header", "GET /metrics HTTP/1.1\r\nhost:"],
    [
      "sends half a body",
      "POST /metrics HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nab",
    ],
    ["sends no HTTP", "hello\r\n\r\n"],
    [
      "asks whether a body is welcome",
      "POST / HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\n\r\n",
    ],
  ])("that %s and closes nothing itself is destroyed", async (_what, bytes) => {
    const client = connected(await startServer({ limits: soon }));
    if (bytes !== "") client.write(bytes);
    client.resume();
    await once(client, "end");
    // Its own half stays open: what it sends now finds nobody.
    const knocking = setInterval(() => client.write("x"), 10);
    expect(await gone(client)).toBe(true);
    clearInterval(knocking);
  });

  it("that never reads its answer is destroyed", async () => {
    const client = connected(await startServer({ limits: soon, routes: [large] }));
    client.pause();
    client.write(get(large.path));
    const knocking = setInterval(() => client.write("\r\n"), 10);
    expect(await gone(client)).toBe(true);
    clearInterval(knocking);
  });

  it("that reads slowly but reads gets all of it", async () => {
    const answer = await raw(
      await startServer({ routes: [large] }),
      get(large.path, "connection: close\r\n"),
    );
    expect(answer).toMatch(/x"\],"next":null\}\n$/);
  });

  it("that never reads is destroyed at once when what nobody reads is more than 16 MB", async () => {
    const server = await startServer({ routes: [large] });
    const lazy = [connected(server), connected(server), connected(server)];
    for (const client of lazy) client.write(get(large.path));
    const first = Promise.race(lazy.map((client) => gone(client)));
    const knocking = setInterval(() => {
      for (const client of lazy) client.write("\r\n");
    }, 10);
    expect(await first).toBe(true);
    clearInterval(knocking);
    expect(await raw(server, scrape)).toMatch(/^HTTP\/1\.1 200 /);
  });
});
