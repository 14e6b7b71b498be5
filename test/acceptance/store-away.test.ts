/**
 * The built daemon while its store, which holds the stream, hangs or is unavailable. The source pauses, and no rows
 * accumulate.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { readLog, recordLog } from "../chaos/recording.ts";
import { judgeStream } from "../chaos/stream-oracle.ts";
import { type CuttingProxy, startCuttingProxy } from "../programs/cutting-proxy.ts";
import { startDaemon } from "../programs/daemon.ts";
import { eventually } from "../programs/eventually.ts";
import { metric, peakMb } from "../programs/gauges.ts";
import { sql, startTestPostgres, type TestPostgres } from "../programs/postgres.ts";

const rows = 300_000;
const boundMb = 400;
/** A page is 5,000 rows. Each try reads one page, and there are few tries. */
const boundPausedRows = 50_000;

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const table = `CREATE TABLE explainability_metrics
  ("timestamp" timestamptz, feature_name text, importance double precision, model text);
  CREATE INDEX ON explainability_metrics ("timestamp")`;
const insert = `INSERT INTO explainability_metrics
  SELECT now() - interval '1 h' + (i / 200) * interval '0.5 s', 'f' || i % 10, (1 + i % 10) * (1 + 0.05 * random()),
    'm' || (i / 10) % 20
  FROM generate_series(0, ${rows - 1}) i`;
const inStream = `SELECT coalesce(sum(jsonb_array_length(record -> 6)), 0) AS rows
  FROM (SELECT convert_from(bytes, 'UTF8')::jsonb AS record FROM chaos.recorded) r WHERE record ->> 1 = 'rows'`;

async function started(): Promise<TestPostgres> {
  const postgres = await startTestPostgres();
  cleanUps.push(() => postgres.stop());
  return postgres;
}

it.each([
  ["hangs", (proxy: CuttingProxy) => proxy.hang(), (proxy: CuttingProxy) => proxy.goOn()],
  [
    "is gone",
    (_: CuttingProxy, store: TestPostgres) => store.server.kill(),
    (_: CuttingProxy, store: TestPostgres) => store.server.restart(),
  ],
])(
  "a store that %s pauses the source, and every row comes once when it is back",
  async (_, takeAway, giveBack) => {
    const [sourceServer, storeServer] = [await started(), await started()];
    const source = await sourceServer.createSource("explainability", table);
    const store = await storeServer.createDatabase("driftwarden");
    const proxy = await startCuttingProxy(storeServer.server.port);
    cleanUps.push(() => proxy.stop());
    const proxied = new URL(store.url);
    proxied.port = String(proxy.port);
    const folder = await mkdtemp(join(tmpdir(), "driftwarden-away-"));
    cleanUps.push(() => rm(folder, { recursive: true, force: true }));
    const configFile = join(folder, "driftwarden.yaml");
    await writeFile(
      configFile,
      `
store: {url: "${proxied.href}"}
sources: {main: {url: "${source.readonlyUrl}", poll_interval: 200ms, columns: {model: model}}}
stream: {partitions: 2}
http: {listen: "127.0.0.1:0"}
`,
      { mode: 0o600 },
    );
    const daemon = await startDaemon(configFile);
    cleanUps.push(() => daemon.stop());
    const ready = async (): Promise<boolean> => (await fetch(`${daemon.url}/-/ready`)).ok;
    await eventually(async () => expect(await ready()).toBe(true));
    await recordLog(store.url);

    await takeAway(proxy, storeServer);
    await sql(source.url, insert);
    await eventually(async () => expect(await ready()).toBe(false));
    const read = await metric(daemon, /^driftwarden_source_rows_total/);
    expect(read).toBeLessThanOrEqual(boundPausedRows);
    await giveBack(proxy, storeServer);

    const arrived = async (): Promise<number> =>
      Number((await sql(store.url, inStream))[0]?.["rows"]);
    await eventually(async () => expect(await arrived()).toBeGreaterThanOrEqual(rows), {
      everyMs: 1000,
    });
    await eventually(async () => expect(await ready()).toBe(true));
    const verdict = await judgeStream(source.url, await readLog(store.url));
    expect(verdict).toMatchObject({ rows, lost: 0, duplicated: 0 });
    const peak = await peakMb(daemon.pid);
    process.stderr.write(
      `store away: ${read} rows read meanwhile, RSS at most ${peak.toFixed(0)} MB\n`,
    );
    expect(peak).toBeLessThan(boundMb);
  },
);
