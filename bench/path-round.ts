/** One round of section `path`: a new source, store and stream, the built daemon, and all rows committed at once. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Daemon, startDaemon } from "../test/programs/daemon.ts";
import { sql, type TestPostgres } from "../test/programs/postgres.ts";

export interface PathLoad {
  readonly models: number;
  readonly features: number;
  /** Per model, a second apart. */
  readonly attributions: number;
}

interface PathRound {
  readonly postgres: TestPostgres;
  readonly load: PathLoad;
  /** Name of the databases; new for every round. */
  readonly name: string;
  /** The section `stream` of the configuration, in one line. */
  readonly stream: string;
}

/** Number of models whose first feature collapses in the last quarter, so that decisions occur too. */
const driftingModels = 4;
const deadlineMs = 60_000;

const table = `CREATE TABLE explainability_metrics (
  "timestamp" timestamptz, model text, feature_name text, importance double precision);
  CREATE INDEX ON explainability_metrics ("timestamp")`;

/** In the order in which an exporter would write: attribution after attribution, model after model. */
const insertRows = ({ models, features, attributions }: PathLoad): string => `
INSERT INTO explainability_metrics
SELECT now() + at * interval '1 second', 'model-' || model, 'feature_' || feature,
  exp(-0.08 * feature) * (0.9 + 0.2 * random())
  * CASE WHEN feature = 0 AND model < ${driftingModels} AND at > 0.75 * ${attributions} THEN 0.05 ELSE 1 END
FROM generate_series(1, ${attributions}) at, generate_series(0, ${models - 1}) model,
  generate_series(0, ${features - 1}) feature
ORDER BY at, model, feature`;

/** @returns seconds from the commit of the rows until all of them are applied */
export async function daemonRound({ postgres, load, name, stream }: PathRound): Promise<number> {
  const source = await postgres.createSource(`source_${name}`, table);
  const store = await postgres.createDatabase(`store_${name}`);
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-bench-"));
  const configFile = join(folder, "driftwarden.yaml");
  await writeFile(configFile, config({ source: source.readonlyUrl, store: store.url, stream }));
  const daemon = await startDaemon(configFile);
  try {
    // Ticks reach detection once the source is polled and the partitions are claimed.
    await until("ticks", async () => (await metric(daemon, ticks)) >= 8);
    await sql(source.url, insertRows(load));
    const started = performance.now();
    await until("rows", async () => (await metric(daemon, taken)) >= rowsOf(load));
    const seconds = (performance.now() - started) / 1000;
    // The rate counts only if states and incidents were stored.
    await until("states and incidents", () => isStored(store.url, load));
    await daemon.stop();
    return seconds;
  } finally {
    await daemon.kill();
    await rm(folder, { recursive: true });
  }
}

const config = (parts: Readonly<Record<"source" | "store" | "stream", string>>): string => `
store: {url: "${parts.store}"}
sources: {main: {url: "${parts.source}", poll_interval: 200ms, assembly_window: 300ms, columns: {model: model}}}
stream: ${parts.stream}
detection: {checkpoint_interval: 2s}
http: {listen: "127.0.0.1:0"}
`;

const taken = 'driftwarden_detection_rows_total{source="main",outcome="attributed"}';
const ticks = 'driftwarden_detection_records_total{kind="tick"}';
const rowsOf = ({ models, features, attributions }: PathLoad): number =>
  models * features * attributions;

async function metric(daemon: Daemon, name: string): Promise<number> {
  const response = await fetch(new URL("/metrics", daemon.url));
  const lines = (await response.text()).split("\n");
  return Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length) ?? 0);
}

async function isStored(url: string, { models }: PathLoad): Promise<boolean> {
  const [counts] = await sql(
    url,
    `SELECT (SELECT count(*) FROM driftwarden.states)::int AS states,
       (SELECT count(DISTINCT fingerprint) FROM driftwarden.incidents)::int AS incidents`,
  );
  return counts?.["states"] === models && counts["incidents"] === driftingModels;
}

async function until(what: string, reached: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  while (!(await reached())) {
    if (performance.now() > deadline) throw new Error(`the daemon did not get to the ${what}`);
    await pause(50);
  }
}
