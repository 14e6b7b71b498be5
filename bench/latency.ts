/**
 * Section `latency`: the time from the commit of a row that shows a fault until its ticket is in Jira. It also counts
 * the calls of the whole app to source, store and Jira while nothing happens.
 */
import { setMaxListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { modelName } from "../src/model-key.ts";
import { seededRandom } from "../src/sandbox/story/signal.ts";
import { sql, startTestPostgres, type TestPostgres } from "../test/programs/postgres.ts";
import { waitUntil } from "../test/programs/wait-until.ts";
import { type BenchLine, benchLine, progress } from "./line.ts";
import { countingStatements, startWholeApp, type WholeApp } from "./whole-app.ts";

const section = "latency";
const features = ["a", "b", "c", "d"];

/** Poll interval of the measured sources: shorter than the default, so that one run has many samples. */
const pollMs = 2000;
const windowMs = 4000;
const cadenceMs = 10_000;
const restMs = 30_000;
/** Each source has two models, and one of them breaks. A first ticket then waits for further models. */
const sources = 24;
/** Time between the readiness of the daemon and the first fault. */
const normalMs = 40_000;

const idleMs = 360_000;
const busyMs = 120_000;
const busyModels = 1000;

/**
 * Takes about eleven minutes, of which six are idle. Calls to Jira come every few minutes, so a shorter time would not
 * represent an hour.
 */
export async function benchLatency(): Promise<readonly BenchLine[]> {
  const postgres = await startTestPostgres({ fsync: "on", ...countingStatements });
  try {
    progress("rows to tickets");
    const waits = await rowsToTickets(postgres);
    progress(`${busyModels} models, nothing happens`);
    const busy = await calls(postgres, { name: "busy", models: busyModels, forMs: busyMs });
    progress("one model, nothing happens");
    const idle = await calls(postgres, { name: "idle", models: 1, forMs: idleMs });
    return [...waitLines(waits), ...callLines("1 model", idle), ...callLines("1,000 models", busy)];
  } finally {
    await postgres.stop();
  }
}

interface History {
  readonly models: number;
  readonly steps: number;
  readonly stepMs: number;
}

const historyOf = (tables: readonly string[], { models, steps, stepMs }: History): string =>
  tables
    .map(
      (table) => `INSERT INTO ${table}
SELECT now() - (${steps} - at) * interval '${stepMs} milliseconds', '${table}-m' || model, feature,
  (0.6 - 0.1 * place) * (0.95 + 0.1 * random())
FROM generate_series(0, ${steps - 1}) at, generate_series(0, ${models - 1}) model,
  unnest(array['${features.join("','")}']) WITH ORDINALITY f(feature, place)
ORDER BY at;`,
    )
    .join("\n");

interface Written {
  /** Time of the row, microseconds. */
  readonly ts: number;
  readonly committedAt: number;
}

/** @returns ms from the commit of the attribution that opened an episode until its ticket was made, one a source */
async function rowsToTickets(postgres: TestPostgres): Promise<readonly number[]> {
  const tables = Array.from({ length: sources }, (_, i) => `s${i}`);
  const random = seededRandom(11);
  const stopping = new AbortController();
  setMaxListeners(sources + 1, stopping.signal);
  let isBroken = false;
  let writing: Promise<readonly (readonly Written[])[]> = Promise.resolve([]);
  const app = await startWholeApp({
    postgres,
    name: "rows",
    tables,
    sourceSettings: `, poll_interval: ${pollMs}ms, assembly_window: ${windowMs}ms`,
    history: historyOf(tables, { models: 2, steps: 400, stepMs: cadenceMs }),
    // Without rows from now on, the models would count as silent.
    filled: (url) => {
      const write = (table: string, i: number): Promise<readonly Written[]> =>
        writeFault(url, {
          table,
          isMissing: i % 2 === 1,
          delayMs: random() * cadenceMs,
          isBroken: () => isBroken,
          signal: stopping.signal,
        });
      writing = Promise.all(tables.map(write));
    },
  });
  try {
    await ready(app);
    await pause(normalMs);
    isBroken = true;
    await waitUntil(() => app.jira.issues().length >= sources, {
      what: `${sources} tickets`,
      withinMs: 180_000,
    });
    stopping.abort();
    const written = await writing;
    return await waitsOf(app, new Map(written.map((rows, i) => [tables[i]!, rows])));
  } finally {
    stopping.abort();
    await writing;
    await app.stop();
  }
}

const ready = ({ daemon }: WholeApp): Promise<void> =>
  waitUntil(async () => (await fetch(new URL("/-/ready", daemon.url))).ok, {
    what: "a daemon that is ready",
    withinMs: 300_000,
  });

interface Fault {
  readonly table: string;
  /** Whether the first feature is missing; otherwise it collapses. */
  readonly isMissing: boolean;
  readonly delayMs: number;
  readonly isBroken: () => boolean;
  readonly signal: AbortSignal;
}

const noise = seededRandom(12);
const importanceOf = (place: number): number => (0.5 - 0.1 * place) * (0.95 + 0.1 * noise());

/** Writes both models' attributions in one transaction each step; the first model breaks. */
async function writeFault(
  url: string,
  { table, isMissing, delayMs, isBroken, signal }: Fault,
): Promise<readonly Written[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const written: Written[] = [];
  await pause(delayMs);
  while (!signal.aborted) {
    const ts = Date.now();
    const isFaulty = isBroken();
    const rows = ["m0", "m1"].flatMap((model) =>
      features.flatMap((feature, place) => {
        const hit = isFaulty && model === "m0" && feature === "a";
        if (hit && isMissing) return [];
        return [`('${table}-${model}', '${feature}', ${importanceOf(place) * (hit ? 0.05 : 1)})`];
      }),
    );
    await client.query(
      `INSERT INTO ${table} SELECT to_timestamp(${ts / 1000}), * FROM (VALUES ${rows.join(",")}) given`,
    );
    written.push({ ts: ts * 1000, committedAt: Date.now() });
    const restOfCadence = Math.max(0, cadenceMs - (Date.now() - ts));
    await pause(restOfCadence, undefined, { signal }).catch(() => undefined);
  }
  await client.end();
  return written;
}

async function waitsOf(
  { jira, storeUrl }: WholeApp,
  written: ReadonlyMap<string, readonly Written[]>,
): Promise<readonly number[]> {
  const made = jira.ledger.filter(({ what }) => what === "issue_created");
  const opened = await sql(
    storeUrl,
    `SELECT event->>'model' AS model, (event->>'at')::float8 AS at FROM driftwarden.decisions
     WHERE event->>'type' = 'episode_opened' ORDER BY 2`,
  );
  return [...written].flatMap(([table, rows]) => {
    const name = `${table}-m0`;
    const times = opened
      .filter(({ model }) => modelName(String(model)).model === name)
      .map(({ at }) => Number(at));
    const row = rows.find(({ ts }) => times.some((at) => Math.abs(ts - at) < 1000));
    const key = jira.issues().find(({ summary }) => new RegExp(`\\b${name}\\b`).test(summary))?.key;
    const entry = made.find(({ issue }) => issue === key);
    return row === undefined || entry === undefined ? [] : [entry.at - row.committedAt];
  });
}

function waitLines(waits: readonly number[]): readonly BenchLine[] {
  const sorted = waits.toSorted((a, b) => a - b);
  const at = (part: number): number =>
    (sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN) / 1000;
  const atMost = (pollMs + windowMs + restMs) / 1000;
  const name = `committed row to ticket, poll ${pollMs / 1000} s, window ${windowMs / 1000} s`;
  return [
    benchLine({
      section,
      name: `${name}: tickets`,
      value: sorted.length,
      unit: "tickets",
      atLeast: sources,
    }),
    benchLine({ section, name: `${name}: p50`, value: at(0.5), unit: "s" }),
    benchLine({ section, name: `${name}: p95`, value: at(0.95), unit: "s", atMost }),
  ];
}

interface Calls {
  /** Statements a second. */
  readonly source: number;
  readonly store: number;
  /** Calls an hour. */
  readonly jira: number;
}

interface Quiet {
  readonly name: string;
  readonly models: number;
  readonly forMs: number;
}

/** Counts calls with the default settings, while each model has an attribution a minute. */
async function calls(postgres: TestPostgres, { name, models, forMs }: Quiet): Promise<Calls> {
  const app = await startWholeApp({
    postgres,
    name,
    tables: ["main"],
    sourceSettings: "",
    history: historyOf(["main"], { models, steps: 100, stepMs: 60_000 }),
  });
  const stopping = new AbortController();
  const writing = writeQuietly(app.sourceUrl, models, stopping.signal);
  try {
    await ready(app);
    // Calls that occur once after a start do not count.
    await pause(30_000);
    const before = await app.statements();
    const asked = app.jira.ledger.length;
    await pause(forMs);
    const after = await app.statements();
    return {
      source: ((after.source - before.source) / forMs) * 1000,
      store: ((after.store - before.store) / forMs) * 1000,
      jira: ((app.jira.ledger.length - asked) / forMs) * 3_600_000,
    };
  } finally {
    stopping.abort();
    await writing;
    await app.stop();
  }
}

async function writeQuietly(url: string, models: number, signal: AbortSignal): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  while (!signal.aborted) {
    await client.query(`INSERT INTO main
      SELECT date_trunc('second', now()), 'main-m' || model, feature, (0.6 - 0.1 * place) * (0.95 + 0.1 * random())
      FROM generate_series(0, ${models - 1}) model, unnest(array['${features.join("','")}']) WITH ORDINALITY f(feature, place)`);
    await pause(60_000, undefined, { signal }).catch(() => undefined);
  }
  await client.end();
}

function callLines(what: string, { source, store, jira }: Calls): readonly BenchLine[] {
  const aSecond = (name: string, value: number): BenchLine =>
    benchLine({ section, name: `statements on the ${name}, ${what}`, value, unit: "a second" });
  const name = `calls to Jira, ${what}`;
  return [
    aSecond("source", source),
    aSecond("store", store),
    benchLine({ section, name, value: jira, unit: "an hour", atMost: 60 }),
  ];
}
