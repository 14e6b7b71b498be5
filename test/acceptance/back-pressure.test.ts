/**
 * The built daemon reads millions of rows while its stream is unavailable. Memory stays bounded, and all rows arrive.
 * `DRIFTWARDEN_PRESSURE_ROWS` is their number; one million by default.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startDaemon } from "../programs/daemon.ts";
import { eventually } from "../programs/eventually.ts";
import { metric, peakMb } from "../programs/gauges.ts";
import { kafkaForTests, startTestKafka } from "../programs/kafka.ts";
import { sql, startTestPostgres } from "../programs/postgres.ts";
import { waitUntil } from "../programs/wait-until.ts";

const available = await kafkaForTests();

const millions = Number(process.env["DRIFTWARDEN_PRESSURE_ROWS"] ?? 1_000_000) / 1_000_000;
const rows = millions * 1_000_000;
/** In proportion to the rows, so the rows of a model always span the same 42 minutes. */
const models = Math.ceil(20 * millions);
const features = 10;
const boundMb = 400;
/** Timeout of the test. */
const patienceMs = 1_800_000 * Math.max(1, millions);

it.skipIf(!available)(
  "millions of rows that wait for the stream cost no memory and are all applied when it is back",
  { timeout: patienceMs },
  async () => {
    const postgres = await startTestPostgres();
    const kafka = await startTestKafka();
    const folder = await mkdtemp(join(tmpdir(), "driftwarden-pressure-"));
    const source = await postgres.createSource(
      "explainability",
      `CREATE TABLE explainability_metrics
         ("timestamp" timestamptz, feature_name text, importance double precision, model text);
       CREATE INDEX ON explainability_metrics ("timestamp")`,
    );
    const store = await postgres.createDatabase("driftwarden");
    const configFile = join(folder, "driftwarden.yaml");
    await writeFile(
      configFile,
      `
store: {url: "${store.url}"}
sources: {main: {url: "${source.readonlyUrl}", poll_interval: 200ms, columns: {model: model}}}
stream: {partitions: 2, kafka: {brokers: ${JSON.stringify(kafka.brokers)}, session_timeout: 6s}}
http: {listen: "127.0.0.1:0"}
`,
      { mode: 0o600 },
    );
    const daemon = await startDaemon(configFile);
    try {
      await eventually(async () => expect((await fetch(`${daemon.url}/-/ready`)).ok).toBe(true));
      await kafka.kill();
      await sql(
        source.url,
        `INSERT INTO explainability_metrics
         SELECT now() - interval '1 h' + (i / ${models * features}) * interval '0.5 s', 'f' || i % ${features},
                (1 + i % ${features}) * (1 + 0.05 * random()), 'm' || (i / ${features}) % ${models}
         FROM generate_series(0, ${rows - 1}) i`,
      );
      await eventually(async () =>
        expect(
          await metric(daemon, /^driftwarden_source_poll_failures_total\{.*stream_refused/),
        ).toBeGreaterThan(0),
      );
      const whileAwayMb = await peakMb(daemon.pid);
      const backAt = performance.now();
      await kafka.restart();
      const applied = /^driftwarden_detection_rows_total\{source="main",outcome="attributed"/;
      await waitUntil(async () => (await metric(daemon, applied)) >= rows, {
        what: "all rows to be applied",
        withinMs: patienceMs,
      });
      const seconds = (performance.now() - backAt) / 1000;
      const peak = await peakMb(daemon.pid);
      process.stderr.write(
        `${rows} rows: ${seconds.toFixed(1)} s, RSS at most ${whileAwayMb.toFixed(0)} MB while away, ${peak.toFixed(0)} MB in all\n`,
      );
      expect(peak).toBeLessThan(boundMb);
    } finally {
      await daemon.stop();
      await kafka.stop();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
);
