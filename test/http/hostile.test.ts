/** The server against hostile clients, in a process of its own. DRIFTWARDEN_FUZZ multiplies the number of requests. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fuzz } from "../fakes/hostile-answers.ts";
import { get } from "../fakes/raw-client.ts";
import { peakMb } from "../programs/gauges.ts";
import { besiege, client, exchange, growthMb } from "./siege.ts";

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

const close = "connection: close\r\n";
const healthy = async (): Promise<string> => await exchange(port, get("/-/healthy", close));

describe("the HTTP server under attack", () => {
  it.each([1, 8])(
    "holds 400 MB against %i pipelines of 47 kB whose clients leave, and answers meanwhile (FR-L1)",
    async (clients) => {
      const pipeline = get("/api/v1/models").repeat(
        Math.floor(47_000 / get("/api/v1/models").length),
      );
      const sent = Array.from({ length: clients }, async () => {
        const socket = client(port);
        await new Promise<void>((resolve) => socket.write(pipeline, () => resolve()));
        socket.destroy();
      });
      await Promise.all(sent);
      expect(await healthy()).toMatch(/^HTTP\/1\.1 200 /);
      expect(await peakMb(server.pid!)).toBeLessThan(400);
    },
  );

  it(
    "answers each scrape beside 256 half-open clients, never fails and never grows, whatever is sent (FR-L2, FR-L3)",
    async () => {
      await besiege({ port, pid: server.pid! }, { connections: 300 * effort, seed });
      const plan = { connections: 900 * effort, seed: seed + 1_000_000 };
      const siege = await besiege({ port, pid: server.pid! }, plan);
      expect([siege.scrapes, siege.failedScrapes]).toEqual([plan.connections / 30, 0]);
      expect([...siege.statuses].filter((status) => Number(status) >= 500)).toEqual([]);
      expect(siege.statuses).toContain("200");
      expect(siege.statuses).toContain("400");
      expect(growthMb(siege)).toBeLessThan(60);
      expect(await peakMb(server.pid!)).toBeLessThan(400);
      expect(await healthy()).toMatch(/^HTTP\/1\.1 200 /);
    },
    300_000 * effort,
  );
});
