/** The server against hostile clients, in a process of its own. DRIFTWARDEN_FUZZ multiplies the number of requests. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fc } from "@fast-check/vitest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fuzz } from "../fakes/hostile-answers.ts";
import { get } from "../fakes/raw-client.ts";
import { peakMb, residentMb } from "../programs/gauges.ts";
import { hostileBytes } from "./hostile-requests.ts";

const { effort, seed } = fuzz;
const program = new URL("../programs/listener.ts", import.meta.url).pathname;
const server = spawn(process.execPath, ["--import", "tsx", program], {
  stdio: ["ignore", "pipe", "inherit"],
});
let port: number;

beforeAll(async () => {
  const [line] = await once(createInterface({ input: server.stdout }), "line");
  port = Number(new URL(String(line)).port);
});
afterAll(async () => {
  server.kill("SIGKILL");
  await once(server, "exit");
});

function client(): Socket {
  return connect(port, "127.0.0.1").on("error", () => undefined);
}

/** What came back until the connection was gone, however that happened. */
async function exchange(bytes: string | Uint8Array): Promise<string> {
  const socket = client();
  socket.end(bytes);
  return await text(socket).catch(() => "");
}

const close = "connection: close\r\n";
const healthy = async (): Promise<string> => await exchange(get("/-/healthy", close));

/** Sends many connections of hostile bytes, thirty at a time. @returns the statuses of all answers */
async function attack(connections: number, from: number): Promise<ReadonlySet<string>> {
  const statuses = new Set<string>();
  for (let sent = 0; sent < connections; sent += 30) {
    const batch = fc.sample(hostileBytes, { seed: from + sent, numRuns: 30 });
    for (const answer of await Promise.all(batch.map(exchange)))
      for (const [, status = ""] of answer.matchAll(/^HTTP\/1\.1 (\d+)/gm)) statuses.add(status);
  }
  return statuses;
}

describe("the HTTP server under attack", () => {
  it.each([1, 8])(
    "holds 400 MB against %i pipelines of 47 kB whose clients leave, and answers meanwhile (FR-L1)",
    async (clients) => {
      const pipeline = get("/api/v1/models").repeat(
        Math.floor(47_000 / get("/api/v1/models").length),
      );
      const sent = Array.from({ length: clients }, async () => {
        const socket = client();
        await new Promise<void>((resolve) => socket.write(pipeline, () => resolve()));
        socket.destroy();
      });
      await Promise.all(sent);
      expect(await healthy()).toMatch(/^HTTP\/1\.1 200 /);
      expect(await peakMb(server.pid!)).toBeLessThan(400);
    },
  );

  it("answers a scrape beside 256 half-open clients (FR-L2)", async () => {
    const half = Array.from({ length: 256 }, client);
    await Promise.all(half.map((socket) => once(socket, "connect")));
    for (const [index, socket] of half.entries())
      socket.write(
        index % 2 === 0 ? "GET /metrics HTTP/1.1\r\nhost:" : get("/api/v1/models").repeat(5),
      );
    for (let scrape = 0; scrape < 10; scrape++)
      expect(await exchange(get("/metrics", close))).toMatch(/^HTTP\/1\.1 200 /);
    for (const socket of half) socket.destroy();
  });

  it(
    "never fails and never grows, whatever is sent (FR-L3)",
    async () => {
      const statuses = new Set(await attack(300 * effort, seed));
      const before = await residentMb(server.pid!);
      for (const status of await attack(900 * effort, seed + 1_000_000)) statuses.add(status);
      expect([...statuses].filter((status) => Number(status) >= 500)).toEqual([]);
      expect(statuses).toContain("200");
      expect(statuses).toContain("400");
      expect((await residentMb(server.pid!)) - before).toBeLessThan(60);
      expect(await peakMb(server.pid!)).toBeLessThan(400);
      expect(await healthy()).toMatch(/^HTTP\/1\.1 200 /);
    },
    300_000 * effort,
  );
});
