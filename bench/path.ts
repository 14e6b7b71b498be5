/**
 * Section `path`: the throughput of the built daemon, from rows in a real Postgres to states and decisions in its
 * store, over both streams. The yardstick is plain kafkajs, which only sends the same rows through the broker.
 */
import { kafkaAvailable, type SandboxKafka, startKafka } from "../src/sandbox/kafka.ts";
import type { RowsRecord } from "../src/stream/record.ts";
import { startTestPostgres, type TestPostgres } from "../test/programs/postgres.ts";
import { bareRound } from "./kafka-bare.ts";
import { type BenchLine, benchLine, leftOut } from "./line.ts";
import { daemonRound, type PathLoad } from "./path-round.ts";
import { type Measure, mediansOf } from "./rounds.ts";
import { attribution } from "./workload.ts";

const load: PathLoad = { models: 250, features: 50, attributions: 40 };
const rows = load.models * load.features * load.attributions;
const partitions = 4;
const rounds = 3;

/** Takes about fifty seconds. */
export async function benchPath(): Promise<readonly BenchLine[]> {
  // Without fsync the log and the store would seem faster.
  const postgres = await startTestPostgres({ fsync: "on" });
  const kafka = await startedKafka();
  try {
    const medians = await mediansOf(measures(postgres, kafka), rounds);
    return report(medians);
  } finally {
    await kafka?.stop();
    await postgres.stop();
  }
}

async function startedKafka(): Promise<SandboxKafka | undefined> {
  if (await kafkaAvailable()) return startKafka();
  leftOut("the whole path over Kafka", "Java 17 and Maven on the path");
  return undefined;
}

/** Seconds for all rows, by stream. */
function measures(
  postgres: TestPostgres,
  kafka: SandboxKafka | undefined,
): Readonly<Record<string, Measure>> {
  let round = 0;
  const whole = (stream: (topic: string) => string): Promise<number> => {
    const name = `round_${++round}`;
    return daemonRound({ postgres, load, name, stream: stream(name) });
  };
  const overPostgres = { postgres: () => whole(() => `{partitions: ${partitions}}`) };
  if (kafka === undefined) return overPostgres;
  const brokers = JSON.stringify(kafka.brokers);
  const overKafka = (topic: string): string =>
    `{partitions: ${partitions}, kafka: {brokers: ${brokers}, topic: ${topic}, group: ${topic}}}`;
  const bare = async (): Promise<number> => {
    const topic = { name: `round_${++round}`, partitions };
    const { produceSeconds, consumeSeconds } = await bareRound(kafka.brokers, topic, records());
    return produceSeconds + consumeSeconds;
  };
  return { ...overPostgres, kafka: () => whole(overKafka), bare };
}

/** As many rows as the source holds, packed as the poller packs them. */
const records = (): readonly RowsRecord[] =>
  Array.from({ length: load.models * load.attributions }, (_, index) =>
    attribution(index % load.models, Math.floor(index / load.models), load.features),
  );

function report(seconds: ReadonlyMap<string, number>): readonly BenchLine[] {
  const of = (name: string): number => seconds.get(name) ?? Number.NaN;
  const overPostgres = rate("whole path over the Postgres log", rows / of("postgres"));
  if (!seconds.has("kafka")) return [overPostgres];
  return [
    overPostgres,
    rate("whole path over Kafka", rows / of("kafka")),
    rate("bare kafkajs, produce and consume the same rows", rows / of("bare")),
    rate(
      "whole path over Kafka: rate as a part of bare kafkajs",
      of("bare") / of("kafka"),
      "ratio",
    ),
  ];
}

const rate = (name: string, value: number, unit = "rows/s"): BenchLine =>
  benchLine({ section: "path", name, value, unit });
