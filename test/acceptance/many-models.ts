/**
 * The whole app with a source of many models: real Postgres, a Jira in memory, and a clock that jumps from row to row.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { type App, startApp } from "../../src/app/app.ts";
import { createLifecycle } from "../../src/app/lifecycle.ts";
import { registries } from "../../src/app/registries.ts";
import { systemClock } from "../../src/clock.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { simulatedEngine } from "../../src/sandbox/docker.ts";
import { type JiraSandbox, startJiraSandbox } from "../../src/sandbox/jira/server.ts";
import { startPostgres } from "../../src/sandbox/postgres.ts";
import { type StoryClock, storyClock } from "../../src/sandbox/story/clock.ts";
import type { StoryRow } from "../../src/sandbox/story/rows.ts";
import { seededRandom } from "../../src/sandbox/story/signal.ts";
import { createDatabases, createStoryTable } from "../../src/sandbox/story/table.ts";
import { startCuttingProxy } from "../programs/cutting-proxy.ts";
import { until } from "../programs/eventually.ts";

const cadenceMs = 600_000;
/** The app must be settled so long before each step, and so long after it. */
const beforeMs = 30_000;
const afterMs = 90_000;
const shares = { age: 0.4, income: 0.35, tenure: 0.25 } as const;
export type Feature = keyof typeof shares;

export interface Fault {
  /** Writes nothing. */
  readonly silent?: boolean;
  readonly broken?: Feature;
  /** Delay of its rows, ms. */
  readonly lateMs?: number;
}

/** The fault of a model at this step; undefined while it is healthy. */
export type Befalls = (model: number) => Fault | undefined;

export interface ManyModels {
  readonly jira: JiraSandbox;
  /** Restarts that the engine counted. */
  restarts(): number;
  readonly storeUrl: string;
  readonly url: string;
  readonly clock: StoryClock;
  /** Writes one attribution of each model a step. @param steps number of steps; default 1 */
  live(befalls: Befalls, steps?: number): Promise<void>;
  /** Makes the source unreachable for exporters and daemon, for so many steps. */
  outage(steps: number): Promise<void>;
  stop(): Promise<void>;
}

/** @param historySteps attributions of each model before the start */
export async function startManyModels(models: number, historySteps = 200): Promise<ManyModels> {
  const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs: 30_000 });
  const clock = storyClock();
  const postgres = await startPostgres({ settings: { fsync: "off" } });
  lifecycle.onStop("postgres", () => postgres.stop());
  const [source = "", storeUrl = ""] = await createDatabases(postgres.url, ["rows", "store"]);
  const table = await createStoryTable(source);
  const proxy = await startCuttingProxy(postgres.port);
  lifecycle.onStop("proxy", async () => proxy.stop());
  const watched = source
    .replace("//app@", "//readonly@")
    .replace(`:${postgres.port}/`, `:${proxy.port}/`);
  lifecycle.onStop("table", () => table.close());
  const jira = await startJiraSandbox({ clock });
  lifecycle.onStop("jira", () => jira.stop());
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-many-"));
  lifecycle.onStop("folder", () => rm(folder, { recursive: true }));
  const token = join(folder, "token");
  await writeFile(token, "token\n", { mode: 0o600 });
  const text = `
store: {url: "${storeUrl}"}
sources:
  main: {url: "${watched}", columns: {model: model}, poll_interval: 50ms}
stream: {partitions: 2}
jira: {url: "${jira.url}", user: bot, token_file: ${token}, reopen_transition: Reopen}
docker: {socket: /nowhere.sock}
fixes:
  - {name: restart-store, when: {feature: age}, do: restart-container, target: {label: app=store}, mode: auto}
http: {listen: "127.0.0.1:0"}
`;
  const config = parseConfig(text, { file: "many.yaml", remediations: registries.remediations });
  const startMs = clock.now() + cadenceMs;
  const rows = rowsOf(models, startMs);
  for (let step = -historySteps; step < 0; step++) await table.insert(rows(step, () => undefined));
  const logger = pino({ level: process.env["DEBUG"] === undefined ? "silent" : "info" });
  const engine = simulatedEngine({
    clock,
    containers: [{ name: "store-1", labels: { app: "store" } }],
  });
  const app = await startApp(config, { logger, clock, engine, leastGapMs: cadenceMs });
  lifecycle.onStop("app", () => app.stop());
  let next = 0;
  const outage: ManyModels["outage"] = async (steps) => {
    proxy.cut();
    for (const end = next + steps; next < end; next++) clock.leapTo(startMs + next * cadenceMs);
    proxy.restore();
    await leapTo({ app, clock }, startMs + next * cadenceMs - 2 * beforeMs);
  };
  const live: ManyModels["live"] = async (befalls, steps = 1) => {
    for (let left = steps; left > 0; left--) {
      const atMs = startMs + next * cadenceMs;
      await leapTo({ app, clock }, atMs - beforeMs);
      clock.leapTo(atMs + latestMs + spreadMs);
      await table.insert(rows(next, befalls));
      await leapTo({ app, clock }, atMs + afterMs);
      await leapTo({ app, clock }, atMs + afterMs + toldMs);
      next++;
    }
  };
  return {
    jira,
    restarts: () => engine.ledger.filter(({ verb }) => verb === "restart").length,
    storeUrl,
    url: app.url,
    clock,
    live,
    outage,
    stop: () => lifecycle.stop(),
  };
}

/** After this time, tickets that waited for further models are written. */
const toldMs = 60_000;
/** Models export one after the other. */
const spreadMs = 2000;
/** The largest delay of rows. */
const latestMs = 20_000;
const noise = 0.05;

/** The rows of all models, step by step; the noise is drawn in order. */
function rowsOf(models: number, startMs: number) {
  const random = seededRandom(7);
  return (step: number, befalls: Befalls): readonly StoryRow[] =>
    Array.from({ length: models }, (_, model): readonly StoryRow[] => {
      const { silent = false, broken, lateMs = 0 } = befalls(model) ?? {};
      const atMs = startMs + step * cadenceMs + lateMs + Math.floor((spreadMs * model) / models);
      const rows = Object.entries(shares).map(([feature, share]) => {
        const importance = share * (1 + noise * (random() - 0.5)) * (feature === broken ? 0.1 : 1);
        return { atMs, model: nameOf(model), feature, importance };
      });
      return silent ? [] : rows;
    }).flat();
}

const nameOf = (model: number): string => `m${String(model).padStart(3, "0")}`;

/** Advances the clock, then waits until nothing changes any more at this time. */
async function leapTo(
  { app, clock }: { readonly app: App; readonly clock: StoryClock },
  ms: number,
): Promise<void> {
  clock.leapTo(ms);
  for (let before = -1, now = 0; now !== before; ) {
    before = now;
    const untilMs = clock.now();
    await until(async () => {
      const progress = await app.progress(untilMs);
      if (progress.settled) now = progress.effectsDone;
      return progress.settled;
    });
  }
}
