import { once } from "node:events";
import { describe, expect, it } from "vitest";
import type { HttpRoute } from "../../src/http-route.ts";
import { connected, ended, get, gone, raw, startServer } from "../fakes/raw-client.ts";

/** A route whose answers wait until they are released. */
function heldRoute(): HttpRoute & { entered: number; most: number; release(): void } {
  const waiting: (() => void)[] = [];
  let now = 0;
  const route = {
    path: "/api/v1/held" as const,
    entered: 0,
    most: 0,
    handler: async () => {
      route.entered++;
      now++;
      route.most = Math.max(route.most, now);
      await new Promise<void>((resolve) => waiting.push(resolve));
      now--;
      return { items: [], next: null };
    },
    release: () => {
      for (const resolve of waiting.splice(0)) resolve();
    },
  } satisfies HttpRoute & Record<string, unknown>;
  return route;
}

/** Until the server has taken up what was sent before: it answers another connection after it. */
const settled = async (server: Awaited<ReturnType<typeof startServer>>): Promise<void> => {
  for (let round = 0; round < 3; round++)
    await raw(server, get("/-/healthy", "connection: close\r\n"));
};

describe("requests of one connection (FR-L1)", () => {
  it("are worked on one after the other", async () => {
    const route = heldRoute();
    const server = await startServer({ routes: [route] });
    const client = connected(server);
    client.write(get(route.path).repeat(3));
    await settled(server);
    expect(route.entered).toBe(1);
    for (const done of [1, 2, 3]) {
      expect(route.entered).toBe(done);
      route.release();
      await once(client, "data");
      await settled(server);
    }
    expect(route.most).toBe(1);
  });

  it("are answered in the order in which they were sent", async () => {
    const answer = await raw(
      await startServer(),
      `${get("/-/healthy")}${get("/nothing")}${get("/-/ready", "connection: close\r\n")}`,
    );
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([
      "HTTP/1.1 200",
      "HTTP/1.1 404",
      "HTTP/1.1 200",
    ]);
  });

  it("are dropped when the client leaves", async () => {
    const route = heldRoute();
    const server = await startServer({ routes: [route] });
    const client = connected(server);
    client.write(get(route.path).repeat(10));
    await settled(server);
    client.destroy();
    await gone(client);
    await settled(server);
    route.release();
    await settled(server);
    expect(route.entered).toBe(1);
  });

  it("close it when more than sixteen wait", async () => {
    const route = heldRoute();
    const server = await startServer({ routes: [route] });
    const client = connected(server);
    client.write(get(route.path).repeat(900));
    expect(await ended(client)).toBe(true);
    expect(route.entered).toBe(1);
  });
});

describe("requests of many connections (FR-L1)", () => {
  it("that may wait for the store are worked on four at a time", async () => {
    const route = heldRoute();
    const server = await startServer({ routes: [route] });
    const clients = Array.from({ length: 12 }, () => connected(server));
    const answers = clients.map(async (client) => {
      client.write(get(route.path));
      await once(client, "data");
    });
    while (route.entered < 4) await settled(server);
    for (let answered = 0; answered < 12; answered += 4) {
      expect(route.entered).toBe(answered + 4);
      route.release();
      while (route.entered < Math.min(12, answered + 8)) await settled(server);
    }
    await Promise.all(answers);
    expect(route.most).toBe(4);
  });

  it("that wait for the store keep nobody from /-/ready and /metrics", async () => {
    const route = heldRoute();
    const server = await startServer({ routes: [route] });
    for (let client = 0; client < 20; client++) connected(server).write(get(route.path));
    while (route.entered < 4) await settled(server);
    expect(await raw(server, get("/-/ready", "connection: close\r\n"))).toMatch(/^HTTP\/1\.1 200 /);
    expect(await raw(server, get("/metrics", "connection: close\r\n"))).toMatch(/^HTTP\/1\.1 200 /);
    route.release();
  });

  it("for /metrics at one moment share one rendering", async () => {
    const rendered: (() => void)[] = [];
    const registry = {
      contentType: "text/plain",
      metrics: () => {
        return new Promise<string>((resolve) => rendered.push(() => resolve("up 1\n")));
      },
    };
    const server = await startServer({ registry });
    const answers = Array.from({ length: 30 }, () =>
      raw(server, get("/metrics", "connection: close\r\n")),
    );
    while (rendered.length === 0) await settled(server);
    await settled(server);
    expect(rendered).toHaveLength(1);
    rendered[0]?.();
    expect((await Promise.all(answers)).filter((answer) => answer.endsWith("up 1\n"))).toHaveLength(
      30,
    );
  });
});
