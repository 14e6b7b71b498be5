/**
 * `node --import tsx test/starvation.ts [seconds]`: the built daemon at `nice -n 10` beside forty busy loops. Rows have to go on, and none
 * may be lost. Prints one line of JSON; exit 1 when it is not so. A part of `npm run nightly`.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createLifecycle, type Lifecycle } from "../src/app/lifecycle.ts";
import { systemClock } from "../src/clock.ts";
import { Feeder } from "./chaos/feeder.ts";
import { seeded } from "./chaos/random.ts";
import { countRows, type RowCounts, total, wrongCounters } from "./chaos/row-counters.ts";
import { table } from "./chaos/world.ts";
import { type Daemon, startDaemon } from "./programs/daemon.ts";
import { startTestPostgres } from "./programs/postgres.ts";

const busyLoops = 40;
const lookMs = 5000;
/** No longer may nothing be attributed. */
const longestPauseMs = 60_000;
const settleMs = 300_000;

interface Place {
  readonly daemons: readonly Pick<Daemon, "url">[];
  readonly sourceUrl: string;
}

async function starved(seconds: number): Promise<readonly string[]> {
  const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs: 60_000 });
  try {
    return await rowsOf(seconds, lifecycle);
  } finally {
    await lifecycle.stop();
  }
}

async function rowsOf(seconds: number, lifecycle: Lifecycle): Promise<readonly string[]> {
  const postgres = await startTestPostgres();
  lifecycle.onStop("postgres", () => postgres.stop());
  const source = await postgres.createSource("explainability", table);
  const store = await postgres.createDatabase("driftwarden");
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-starvation-"));
  lifecycle.onStop("folder", () => rm(folder, { recursive: true, force: true }));
  const models = Array.from({ length: 12 }, (_, place) => `model-${place}`);
  const random = seeded(1);
  const feeder = await Feeder.start({
    url: source.url,
    models,
    random,
    startedAt: () => "",
    lastsLong: () => false,
  });
  lifecycle.onStop("feeder", () => feeder.stop());
  const configFile = join(folder, "driftwarden.yaml");
  const lines = [
    `store: {url: "${store.url}"}`,
    `sources: {main: {url: "${source.readonlyUrl}", columns: {model: model}, poll_interval: 1s}}`,
    `http: {listen: "127.0.0.1:0"}`,
  ];
  await writeFile(configFile, `${lines.join("\n")}\n`, { mode: 0o600 });
  const daemon = await startDaemon(configFile, ["nice", "-n", "10"]);
  lifecycle.onStop("daemon", () => daemon.kill());
  const place = { daemons: [daemon], sourceUrl: source.url };
  while (
    !(
      (await countRows(place).then(
        ({ became }) => total(became),
        () => 0,
      )) > 0
    )
  )
    await pause(lookMs);
  const loops = Array.from({ length: busyLoops }, () => busyLoop(seconds + 900));
  lifecycle.onStop("busy loops", async () => {
    // SIGTERM: `timeout` hands it on to its shell, and SIGKILL would leave the shell running.
    for (const loop of loops) loop.kill();
  });
  const { longestMs, counts } = await watch(place, seconds);
  await feeder.stop();
  const wrong = longestMs > longestPauseMs ? [`nothing was attributed for ${longestMs} ms`] : [];
  wrong.push(...(await settled(place)));
  const summary = { seconds, rows: counts.inTable, longest_pause_s: longestMs / 1000 };
  process.stdout.write(`${JSON.stringify({ ...summary, wrong, ok: wrong.length === 0 })}\n`);
  return wrong;
}

/** It ends by itself, should nobody end it. */
const busyLoop = (seconds: number): ChildProcess =>
  spawn("timeout", [String(seconds), "sh", "-c", "while :; do :; done"], { stdio: "ignore" });

/** How long at most the sum of what became of rows did not grow. */
async function watch(
  place: Place,
  seconds: number,
): Promise<{ readonly longestMs: number; readonly counts: RowCounts }> {
  const endMs = Date.now() + seconds * 1000;
  let [grownMs, longestMs, sum] = [Date.now(), 0, 0];
  for (;;) {
    const counts = await countRows(place).catch(() => undefined);
    if (counts === undefined) {
      process.stderr.write("metrics were not answered\n");
      await pause(lookMs);
      continue;
    }
    const now = total(counts.became);
    if (now > sum) [grownMs, sum] = [Date.now(), now];
    longestMs = Math.max(longestMs, Date.now() - grownMs);
    if (Date.now() > endMs) return { longestMs, counts };
    await pause(lookMs);
  }
}

async function settled(place: Place): Promise<readonly string[]> {
  const endMs = Date.now() + settleMs;
  for (;;) {
    const wrong = await wrongCounters(place).catch((error: unknown) => [String(error)]);
    if (wrong.length === 0 || Date.now() > endMs) return wrong;
    await pause(lookMs);
  }
}

const wrong = await starved(Number(process.argv[2] ?? 120));
process.exitCode = wrong.length === 0 ? 0 : 1;
