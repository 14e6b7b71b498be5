/** The built daemon on its real parts, fed with what once filled the memory: names, pages, batches, pipelines, silent clients. */
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import kafkajs from "kafkajs";
import { describe, expect, it, onTestFinished } from "vitest";
import { get } from "../fakes/raw-client.ts";
import { bareKafka } from "../programs/bare-kafkajs.ts";
import { type Daemon, startDaemon } from "../programs/daemon.ts";
import { until } from "../programs/eventually.ts";
import { metric, peakMb } from "../programs/gauges.ts";
import { startTestKafka, withKafka } from "../programs/kafka.ts";
import { sql, startTestPostgres } from "../programs/postgres.ts";

const kafka = await withKafka(startTestKafka);
const mostMb = 400;
const topic = "bounded";

/** One name of 100 MB, and 5,000 rows whose names have 300 kB. */
const hugeNames = `
  CREATE TEMP TABLE big AS SELECT repeat('n', 300000) AS name;
  INSERT INTO explainability_metrics SELECT now(), repeat('x', 104857600), 1;
  INSERT INTO explainability_metrics SELECT now(), name, i FROM big, generate_series(1, 5000) i`;
const hugeRows = 5001;

async function started(): Promise<{ readonly daemon: Daemon; readonly sourceUrl: string }> {
  const postgres = await startTestPostgres();
  onTestFinished(() => postgres.stop());
  const source = await postgres.createSource("explainability");
  const store = await postgres.createDatabase("driftwarden");
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-bounded-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const configFile = join(folder, "driftwarden.yaml");
  await writeFile(
    configFile,
    `
store: {url: "${store.url}"}
sources: {main: {url: "${source.readonlyUrl}", poll_interval: 200ms}}
stream: {partitions: 2, kafka: {brokers: ["${kafka.brokers[0]}"], topic: ${topic}, session_timeout: 3s}}
http: {listen: "127.0.0.1:0"}
`,
    { mode: 0o600 },
  );
  const daemon = await startDaemon(configFile);
  onTestFinished(() => daemon.kill());
  await until(async () => (await fetch(`${daemon.url}/-/ready`)).ok);
  return { daemon, sourceUrl: source.url };
}

/** 150 MB of zeros in a batch of 150 kB. */
async function writeBomb(): Promise<void> {
  const producer = bareKafka(kafka.brokers).producer();
  await producer.connect();
  const messages = [{ partition: 0, value: Buffer.alloc(150_000_000) }];
  await producer.send({ topic, messages, compression: kafkajs.CompressionTypes.GZIP });
  await producer.disconnect();
}

function clientsOf({ url }: Daemon, count: number): readonly Socket[] {
  const port = Number(new URL(url).port);
  return Array.from({ length: count }, () =>
    connect(port, "127.0.0.1").on("error", () => undefined),
  );
}

/** Clients that send 47 kB of requests and leave. */
async function pipelines(daemon: Daemon): Promise<void> {
  const request = get("/api/v1/models");
  const bytes = request.repeat(Math.floor(47_000 / request.length));
  const left = clientsOf(daemon, 8).map(async (socket) => {
    socket.write(bytes, () => socket.destroy());
    await once(socket, "close");
  });
  await Promise.all(left);
}

describe.skipIf(!kafka.available)("the whole daemon", () => {
  it("holds 400 MB and answers each scrape, whatever is read and whoever connects (FR-K5, FR-L1, FR-L2)", async () => {
    const { daemon, sourceUrl } = await started();
    const halfOpen = clientsOf(daemon, 256);
    for (const socket of halfOpen) socket.write("GET /metrics HTTP/1.1\r\nhost:");
    const scrape = (name: RegExp): Promise<number> => metric(daemon, name);
    const scrapes = async (): Promise<void> => {
      for (let count = 0; count < 10; count += 1)
        expect((await fetch(`${daemon.url}/metrics`)).status).toBe(200);
    };
    await Promise.all([sql(sourceUrl, hugeNames), writeBomb(), pipelines(daemon), scrapes()]);
    await until(
      async () =>
        (await scrape(/^driftwarden_source_rows_dropped_total.*long_feature/)) === hugeRows,
    );
    await until(async () => (await scrape(/^driftwarden_detection_quarantined_total/)) > 0);
    expect(await peakMb(daemon.pid)).toBeLessThan(mostMb);
    for (const socket of halfOpen) socket.destroy();
  });
});
