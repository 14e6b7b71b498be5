/**
 * `node --import tsx test/siege.ts [connections] [seed]`: hostile requests against the built daemon, beside 256 half-open
 * clients and a scraper. Each scrape has to be answered, and memory has to stay flat. Prints one line of JSON; exit 1 when
 * it is not so. A part of `npm run nightly`.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLifecycle, type Lifecycle } from "../src/app/lifecycle.ts";
import { systemClock } from "../src/clock.ts";
import { besiege, growthMb } from "./http/siege.ts";
import { startDaemon } from "./programs/daemon.ts";
import { peakMb } from "./programs/gauges.ts";
import { startTestPostgres } from "./programs/postgres.ts";

const mostMb = 400;
const mostGrowthMb = 60;

async function siegeOf(connections: number, seed: number): Promise<boolean> {
  const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs: 60_000 });
  try {
    return await judged(connections, seed, lifecycle);
  } finally {
    await lifecycle.stop();
  }
}

async function judged(connections: number, seed: number, lifecycle: Lifecycle): Promise<boolean> {
  const postgres = await startTestPostgres();
  lifecycle.onStop("postgres", () => postgres.stop());
  const source = await postgres.createSource("explainability");
  const store = await postgres.createDatabase("driftwarden");
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-siege-"));
  lifecycle.onStop("folder", () => rm(folder, { recursive: true, force: true }));
  const configFile = join(folder, "driftwarden.yaml");
  const lines = [
    `store: {url: "${store.url}"}`,
    `sources: {main: {url: "${source.readonlyUrl}"}}`,
    `http: {listen: "127.0.0.1:0"}`,
  ];
  await writeFile(configFile, `${lines.join("\n")}\n`, { mode: 0o600 });
  const daemon = await startDaemon(configFile);
  lifecycle.onStop("daemon", () => daemon.kill());
  const port = Number(new URL(daemon.url).port);
  const beganMs = performance.now();
  const siege = await besiege({ port, pid: daemon.pid }, { connections, seed });
  const { statuses, ...figures } = siege;
  const peak = Math.round(await peakMb(daemon.pid));
  const failures = [...statuses].filter((status) => Number(status) >= 500 && status !== "503");
  const isFlat = growthMb(siege) < mostGrowthMb && peak < mostMb;
  const ok = siege.failedScrapes === 0 && failures.length === 0 && isFlat;
  const seconds = Math.round((performance.now() - beganMs) / 1000);
  const found = { ...figures, statuses: [...statuses].toSorted(), peakMb: peak, seconds, ok };
  process.stdout.write(`${JSON.stringify(found)}\n`);
  return ok;
}

const [connections = "100000", seed = "1"] = process.argv.slice(2);
process.exitCode = (await siegeOf(Number(connections), Number(seed))) ? 0 : 1;
