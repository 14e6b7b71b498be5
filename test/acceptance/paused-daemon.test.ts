/**
 * Two built daemons on real Postgres and Kafka. A signal stops one of them beyond every deadline, and it then resumes.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createLifecycle } from "../../src/app/lifecycle.ts";
import { systemClock } from "../../src/clock.ts";
import { type Daemon, startDaemon } from "../programs/daemon.ts";
import { eventually } from "../programs/eventually.ts";
import { kafkaForTests, startTestKafka } from "../programs/kafka.ts";
import { sql, startTestPostgres } from "../programs/postgres.ts";
import { Feeder } from "./feeder.ts";

const available = await kafkaForTests();
const lifecycle = createLifecycle({ clock: systemClock, stopDeadlineMs: 30_000 });
let feeder: Feeder;
let storeUrl: string;
let configFile: string;

beforeAll(async () => {
  if (!available) return;
  const postgres = await startTestPostgres();
  lifecycle.onStop("postgres", () => postgres.stop());
  const kafka = await startTestKafka();
  lifecycle.onStop("kafka", () => kafka.stop());
  const source = await postgres.createSource("explainability");
  storeUrl = (await postgres.createDatabase("driftwarden")).url;
  feeder = await Feeder.start(source.url);
  lifecycle.onStop("feeder", () => feeder.stop());
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-paused-"));
  lifecycle.onStop("folder", () => rm(folder, { recursive: true, force: true }));
  configFile = join(folder, "driftwarden.yaml");
  const text = `
store: {url: "${storeUrl}"}
sources: {main: {url: "${source.readonlyUrl}", poll_interval: 200ms, assembly_window: 300ms}}
stream: {partitions: 2, kafka: {brokers: ${JSON.stringify(kafka.brokers)}, session_timeout: 3s}}
detection: {checkpoint_interval: 2s}
http: {listen: "127.0.0.1:0"}
`;
  await writeFile(configFile, text, { mode: 0o600 });
});
afterAll(() => lifecycle.stop());

async function started(name: string): Promise<Daemon> {
  const daemon = await startDaemon(configFile);
  lifecycle.onStop(name, async () => void (await daemon.stop()));
  return daemon;
}

/** Sum of the samples of a metric. */
async function metric(daemon: Daemon, name: string): Promise<number> {
  const text = await (await fetch(`${daemon.url}/metrics`)).text();
  const lines = text.split("\n").filter((line) => line.startsWith(name));
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

async function decisions(type: string): Promise<number> {
  const found = `SELECT count(*)::int AS n FROM driftwarden.decisions WHERE event->>'type' = '${type}'`;
  return Number((await sql(storeUrl, found))[0]?.["n"]);
}

it.skipIf(!available)(
  "a daemon stopped past its session and its lease is fenced when it wakes: nothing is lost or decided twice",
  async () => {
    const first = await started("first");
    await eventually(async () => expect(await metric(first, "driftwarden_source_held")).toBe(1));
    await eventually(async () => {
      expect(await metric(first, "driftwarden_detection_models{")).toBeGreaterThan(0);
    });
    const second = await started("second");
    await eventually(async () => {
      expect(await metric(second, "driftwarden_kafka_group_joins_total")).toBeGreaterThan(0);
    });
    expect(await metric(second, "driftwarden_source_held")).toBe(0);

    process.kill(first.pid, "SIGSTOP");
    try {
      // The lease of the stopped daemon ends within six seconds, independently of the speed of this machine.
      const left = `SELECT extract(epoch FROM until - clock_timestamp())::float8 AS s FROM driftwarden.leases WHERE name = 'source/main'`;
      expect(Number((await sql(storeUrl, left))[0]?.["s"])).toBeLessThanOrEqual(6);
      await eventually(async () => expect(await metric(second, "driftwarden_source_held")).toBe(1));
      feeder.drop("cpu_usage");
      await eventually(async () => expect(await decisions("episode_opened")).toBe(1));
    } finally {
      process.kill(first.pid, "SIGCONT");
    }
    await eventually(async () => expect(await metric(first, "driftwarden_source_held")).toBe(0));
    await eventually(async () => {
      expect(await metric(first, "driftwarden_kafka_group_joins_total")).toBeGreaterThan(1);
    });
    feeder.restore("cpu_usage");
    await eventually(async () => expect(await decisions("episode_closed")).toBe(1));
    expect(await decisions("episode_opened")).toBe(1);
    for (const daemon of [first, second]) {
      expect(await metric(daemon, "driftwarden_detection_divergences_total")).toBe(0);
      expect(await metric(daemon, "driftwarden_kafka_gaps_total")).toBe(0);
      await eventually(async () => expect((await fetch(`${daemon.url}/-/ready`)).ok).toBe(true));
    }
  },
);
