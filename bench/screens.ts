/** `npm run bench -- screens`: photographs three tickets on the page of the Jira sandbox for the README, with Chromium. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { pino } from "pino";
import { Registry } from "prom-client";
import { systemClock } from "../src/clock.ts";
import { startJiraSandbox } from "../src/sandbox/jira/server.ts";
import { openJira } from "../src/tickets/jira/jira.ts";
import { ticketsMetrics } from "../src/tickets/metrics.ts";
import { createTicketing } from "../src/tickets/ticketing.ts";
import { help, sharedIncident } from "../test/messages/golden.ts";
import type { BenchLine } from "./line.ts";

const run = promisify(execFile);
const folder = new URL("../docs/how-to/", import.meta.url).pathname;
const program = new URL("../dist/src/main.js", import.meta.url).pathname;

/** @returns no lines: nothing is measured */
export async function benchScreens(): Promise<readonly BenchLine[]> {
  await photographDemo();
  await photographForty();
  return [];
}

/** Photographs the demo's first ticket, with its whole conversation, and its third, which is resolved. */
async function photographDemo(): Promise<void> {
  const demo = spawn(process.execPath, [program, "demo", "--keep"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    for await (const line of createInterface({ input: demo.stderr })) {
      const address = /^\s+Jira\s+(http:\/\/\S+?)\/\s/.exec(line)?.[1];
      if (address === undefined) continue;
      await photograph(`${address}/browse/IR-1`, { file: "ticket-first.png", height: 2400 });
      await photograph(`${address}/browse/IR-3`, { file: "ticket-over.png", height: 1260 });
      return;
    }
    throw new Error("the demo ended before its story did: run npm run demo to see why");
  } finally {
    demo.kill("SIGINT");
    if (demo.exitCode === null) await once(demo, "exit");
  }
}

/** Photographs the ticket of forty silent models of one source, as the adapter writes it. */
async function photographForty(): Promise<void> {
  const users = [{ name: "driftwarden", token: "driftwarden-token" }];
  const sandbox = await startJiraSandbox({ users });
  try {
    const metrics = ticketsMetrics(new Registry());
    const logger = pino({ enabled: false });
    const tracker = openJira({
      url: sandbox.url,
      user: "driftwarden",
      token: "driftwarden-token",
      project: "IR",
      issueType: "Bug",
      resolveTransition: "Done",
      reopenTransition: "To Do",
      wontFixResolution: "Won't Do",
      logger,
      metrics,
    });
    const context = { priorities: { P0: "Highest", P1: "High", P2: "Medium" }, ...help };
    const ticketing = createTicketing({ tracker, clock: systemClock, logger, metrics, context });
    const { ticket } = await ticketing.open(sharedIncident("silent"), { unknown: false });
    await photograph(ticket.url, { file: "ticket-forty.png", height: 1175 });
  } finally {
    await sandbox.stop();
  }
}

async function photograph(
  url: string,
  { file, height }: { readonly file: string; readonly height: number },
): Promise<void> {
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"];
  const shot = [`--window-size=1000,${height}`, `--screenshot=${folder}${file}`];
  await run("chromium", [...flags, ...shot, url], { timeout: 60_000 }).catch((error: unknown) => {
    throw new Error("screens need Chromium: apt-get install chromium", { cause: error });
  });
}
