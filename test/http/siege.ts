/** Hostile connections one after another, beside silent clients and a scraper, against a server in another process. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";
import { fc } from "@fast-check/vitest";
import { get } from "../fakes/raw-client.ts";
import { residentMb } from "../programs/gauges.ts";
import { hostileBytes } from "./hostile-requests.ts";

export interface Besieged {
  readonly port: number;
  readonly pid: number;
}

export interface SiegePlan {
  /** How many hostile connections; at least ten times thirty. Each sends one or more requests, or bytes that are none. */
  readonly connections: number;
  readonly seed: number;
}

export interface SiegeResult {
  readonly connections: number;
  /** Answers to hostile requests. */
  readonly answers: number;
  /** Of all of them. */
  readonly statuses: ReadonlySet<string>;
  readonly scrapes: number;
  /** Scrapes that were not answered with 200. */
  readonly failedScrapes: number;
  readonly longestScrapeMs: number;
  /** Memory of the server after each tenth of the connections, MB. */
  readonly residentMb: readonly number[];
}

/** At the same time. */
const batch = 30;
const halfOpen = 256;
const steps = 10;

export const client = (port: number): Socket =>
  connect(port, "127.0.0.1").on("error", () => undefined);

/** What came back until the connection was gone, however that happened. */
export async function exchange(port: number, bytes: string | Uint8Array): Promise<string> {
  const socket = client(port);
  socket.end(bytes);
  return await text(socket).catch(() => "");
}

/** A scraper does not end its side before the answer has come. */
async function scraped(port: number): Promise<string> {
  const socket = client(port);
  socket.write(get("/metrics", "connection: close\r\n"));
  return await text(socket).catch(() => "");
}

/** Sends all, with a scrape after each thirty. The server may drop silent clients; others take their places. */
export async function besiege(
  { port, pid }: Besieged,
  { connections, seed }: SiegePlan,
): Promise<SiegeResult> {
  const statuses = new Set<string>();
  const resident: number[] = [];
  const silent = new SilentClients(port);
  let [sent, answers, scrapes, failedScrapes, longestScrapeMs] = [0, 0, 0, 0, 0];
  while (sent < connections) {
    await silent.fill();
    const drawn = fc.sample(hostileBytes, { seed: seed + sent, numRuns: batch });
    const texts = await Promise.all(drawn.map((bytes) => exchange(port, bytes)));
    for (const [, status = ""] of texts.join("\n").matchAll(/^HTTP\/1\.1 (\d+)/gm)) {
      answers += 1;
      statuses.add(status);
    }
    sent += batch;
    const beganMs = performance.now();
    const scrape = await scraped(port);
    longestScrapeMs = Math.max(longestScrapeMs, Math.round(performance.now() - beganMs));
    scrapes += 1;
    if (!scrape.startsWith("HTTP/1.1 200 ")) failedScrapes += 1;
    if (sent >= ((resident.length + 1) * connections) / steps)
      resident.push(Math.round(await residentMb(pid)));
  }
  silent.leave();
  return {
    connections: sent,
    answers,
    statuses,
    scrapes,
    failedScrapes,
    longestScrapeMs,
    residentMb: resident,
  };
}

/** How much more memory the second half of a siege needed than the first, MB. */
export function growthMb({ residentMb: all }: SiegeResult): number {
  const half = all.length / 2;
  return Math.max(...all.slice(half)) - Math.max(...all.slice(0, half));
}

/** Clients that send half a request, or requests whose answers they never read. */
class SilentClients {
  readonly #port: number;
  #sockets: Socket[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  async fill(): Promise<void> {
    this.#sockets = this.#sockets.filter((socket) => !socket.destroyed);
    const more = Array.from({ length: halfOpen - this.#sockets.length }, () => client(this.#port));
    this.#sockets.push(...more);
    await Promise.all(more.map((socket) => once(socket, "connect").catch(() => undefined)));
    for (const [index, socket] of more.entries())
      socket.write(
        index % 2 === 0 ? "GET /metrics HTTP/1.1\r\nhost:" : get("/api/v1/models").repeat(5),
      );
  }

  leave(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}
