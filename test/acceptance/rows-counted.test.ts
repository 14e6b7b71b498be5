/** Built daemons share the partitions and are killed. The counters of rows must agree exactly with the table. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { type Daemon, startDaemon } from "../programs/daemon.ts";
import { eventually } from "../programs/eventually.ts";
import { sql, startTestPostgres } from "../programs/postgres.ts";

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const table = `CREATE TABLE explainability_metrics
  ("timestamp" timestamptz, feature_name text, importance double precision, model text)`;

/** 4,000 good rows of 12 models, of which few fit into a partition, and a few of each kind that is left out. */
const someRows = `INSERT INTO explainability_metrics
  SELECT now() - interval '2 s' + i * interval '1 ms', 'f' || i % 5, (1 + i % 5) * (1 + 0.05 * random()),
    'm' || (i / 5) % 12
  FROM generate_series(0, 3999) i;
  INSERT INTO explainability_metrics VALUES
    (NULL, 'f1', 1, 'm1'), (now(), NULL, 1, 'm1'), (now(), 'f1', 1, NULL), ('infinity', 'f1', 1, 'm1'),
    (now() + interval '3 h', 'f1', 1, 'm1'), ('2001-01-01', 'f1', 1, 'm1'), (now(), 'f1', 'NaN', 'm1')`;

type Counts = Readonly<Record<string, number>>;

/** The counters of all daemons together, by outcome. */
async function counted(daemons: readonly Daemon[], name: string): Promise<Counts> {
  const counts: Record<string, number> = {};
  for (const { url } of daemons) {
    const text = await (await fetch(new URL("/metrics", url))).text();
    for (const line of text.split("\n").filter((one) => one.startsWith(`${name}{source="main"`))) {
      const outcome = /outcome="(\w+)"/.exec(line)?.[1] ?? "all";
      counts[outcome] = (counts[outcome] ?? 0) + Number(line.split(" ").at(-1));
    }
  }
  return counts;
}

const total = (counts: Counts): number =>
  Object.values(counts).reduce((sum, count) => sum + count, 0);

it("rows read are rows attributed and left out, over kills, takeovers and rebalances (FR-B9)", async () => {
  const postgres = await startTestPostgres();
  cleanUps.push(() => postgres.stop());
  const source = await postgres.createSource("explainability", table);
  const store = await postgres.createDatabase("driftwarden");
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-counted-"));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  const configFile = join(folder, "driftwarden.yaml");
  await writeFile(
    configFile,
    `
store: {url: "${store.url}"}
sources: {main: {url: "${source.readonlyUrl}", poll_interval: 200ms, assembly_window: 300ms, page_rows: 500, columns: {model: model}}}
stream: {partitions: 4}
detection: {checkpoint_interval: 1s, max_models: 2}
http: {listen: "127.0.0.1:0"}
`,
    { mode: 0o600 },
  );
  const started = async (): Promise<Daemon> => {
    const daemon = await startDaemon(configFile);
    cleanUps.push(() => daemon.kill());
    // Rows before the first poll are history, of which only the last month is read.
    await eventually(async () => expect((await fetch(`${daemon.url}/-/ready`)).ok).toBe(true));
    return daemon;
  };
  let outcomes: Counts = {};
  const agree = async (daemons: readonly Daemon[]): Promise<void> => {
    const [row] = await sql(source.url, "SELECT count(*)::int AS rows FROM explainability_metrics");
    outcomes = await counted(daemons, "driftwarden_detection_rows_total");
    const read = total(await counted(daemons, "driftwarden_source_rows_total"));
    expect({ read, became: total(outcomes) }).toEqual({
      read: row?.["rows"],
      became: row?.["rows"],
    });
  };
  const first = await started();
  await sql(source.url, someRows);
  await eventually(() => agree([first]));
  await sql(source.url, someRows);
  await eventually(async () =>
    expect(total(await counted([first], "driftwarden_source_rows_total"))).toBeGreaterThan(4500),
  );
  await first.kill();
  const second = await started();
  await sql(source.url, someRows);
  await eventually(() => agree([second]));
  const third = await started();
  await sql(source.url, someRows);
  await eventually(() => agree([second, third]));
  await second.kill();
  await sql(source.url, someRows);
  await eventually(() => agree([third]));
  expect(outcomes).toMatchObject({
    null_timestamp: 5,
    null_feature: 5,
    null_model: 5,
    non_finite_time: 5,
  });
  expect(Object.keys(outcomes)).toEqual(
    expect.arrayContaining(["attributed", "future", "late", "too_many_models"]),
  );
});
