/** A daemon reads a wide table and a view with objects, and is killed. The counters agree, and the planted fault is found. */
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

const tables = `CREATE TABLE explainability_metrics (at bigint, name text, segment text, age float8, income text, tenure real);
  CREATE TABLE objects (at timestamptz, name text, shap jsonb);
  CREATE VIEW shap_view AS SELECT * FROM objects`;

/** Attributions of the last hour, each minute, then new ones. In the new ones age has taken the place of income. */
const past = `INSERT INTO explainability_metrics
    SELECT extract(epoch FROM now() - i * interval '1 min') * 1000, 'churn', 'eu', 0.2 + 0.01 * random(), (0.6 + 0.01 * random())::text, 0.2
    FROM generate_series(1, 2000) i;
  INSERT INTO objects
    SELECT now() - i * interval '1 min', 'fraud', jsonb_build_object('age', 0.2 + 0.01 * random(), 'income', 0.6 + 0.01 * random(), 'tenure', 0.2)
    FROM generate_series(1, 2000) i`;
const broken = (seconds: number): string => `INSERT INTO explainability_metrics
    SELECT extract(epoch FROM now() + i * interval '1 ms' - interval '${seconds} s') * 1000, 'churn', 'eu', 0.75 + 0.01 * random(), 0.05::text, 0.2
    FROM generate_series(1, 30) i;
  INSERT INTO explainability_metrics VALUES (NULL, 'churn', 'eu', 1, 1, 1), (extract(epoch FROM now()) * 1000, 'churn', NULL, 1, NULL, 1);
  INSERT INTO objects SELECT now() - interval '${seconds} s' + i * interval '1 ms', 'fraud', '{"age": 0.75, "income": 0.05, "tenure": 0.2}'
    FROM generate_series(1, 30) i;
  INSERT INTO objects VALUES (now(), 'fraud', '[1]')`;

async function counted({ url }: Daemon, name: string, source: string): Promise<number> {
  const text = await (await fetch(new URL("/metrics", url))).text();
  return text
    .split("\n")
    .filter((line) => line.startsWith(`${name}{source="${source}"`))
    .reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

const agree = async (daemon: Daemon, wide: number, objects: number): Promise<void> => {
  const counts = ["wide", "objects"].map(async (name) => [
    await counted(daemon, "driftwarden_source_rows_total", name),
    await counted(daemon, "driftwarden_detection_rows_total", name),
  ]);
  expect(await Promise.all(counts)).toEqual([
    [wide, wide],
    [objects, objects],
  ]);
};

it("rows with several importances are counted to the importance over a kill, and a shift opens an incident", async () => {
  const postgres = await startTestPostgres();
  cleanUps.push(() => postgres.stop());
  const source = await postgres.createSource("explainability", tables);
  await sql(source.url, `GRANT SELECT ON shap_view TO readonly; ${past}`);
  const store = await postgres.createDatabase("driftwarden");
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-shapes-"));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  const configFile = join(folder, "driftwarden.yaml");
  const common = `url: "${source.readonlyUrl}", poll_interval: 200ms, assembly_window: 1ms, transform: none`;
  await writeFile(
    configFile,
    `
store: {url: "${store.url}"}
sources:
  wide: {${common}, time_unit: milliseconds, columns: {timestamp: at, model: [name, segment], features: [age, income, tenure]}}
  objects: {${common}, overlap: 1s, table: shap_view, columns: {timestamp: at, model: name, values: shap}}
detection: {checkpoint_interval: 1s}
http: {listen: "127.0.0.1:0"}
`,
    { mode: 0o600 },
  );
  const started = async (): Promise<Daemon> => {
    const daemon = await startDaemon(configFile);
    cleanUps.push(() => daemon.kill());
    await eventually(async () => expect((await fetch(`${daemon.url}/-/ready`)).ok).toBe(true));
    return daemon;
  };
  const first = await started();
  await eventually(() => agree(first, 6000, 6000));
  await sql(source.url, broken(0));
  await eventually(async () =>
    expect(await counted(first, "driftwarden_source_rows_total", "wide")).toBeGreaterThan(6000),
  );
  await first.kill();
  await sql(source.url, broken(0));
  const second = await started();
  await eventually(() => agree(second, 6000 + 2 * 93, 6000 + 2 * 91));
  await eventually(async () => {
    const answer = await fetch(new URL("/api/v1/incidents", second.url));
    const { items }: { items: readonly { subject: { name: string } }[] } = JSON.parse(
      await answer.text(),
    );
    expect(items.map(({ subject }) => subject.name).toSorted()).toEqual(["churn/eu", "fraud"]);
  });
});
