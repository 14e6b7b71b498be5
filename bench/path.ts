/**
 * Section `path`: the built daemon on the whole way, from rows in a real Postgres to states and decisions in its store,
 * over both streams; beside bare kafkajs, which only carries the same rows through the broker.
 */
import { kafkaAvailable, type SandboxKafka, startKafka } from "../src/sandbox/kafka.ts";
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

/** About ninety seconds. */
export async function benchPath(): Promise<readonly BenchLine[]> {
  // A disk that is not waited for would flatter the log and the store.
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

/** Seconds for all rows, by what carries them. */
function measures(
  postgres: TestPostgres,
  kafka: SandboxKafka | undefined,
): Readonly<Record<string, Measure>> {
  let round = 0;
  const whole = (name: string, stream: string): Measure => {
    return () => daemonRound({ postgres, load, name: `${name}_${++round}`, stream });
  };
  const overPostgres = { postgres: whole("postgres", `{partitions: ${partitions}}`) };
  if (kafka === undefined) return overPostgres;
  const brokers = JSON.stringify(kafka.brokers);
  const topic = (): string => `bare-${++round}`;
  const records = Array.from({ length: load.models * load.attributions }, (_, index) =>
    attribution(index % load.models, Math.floor(index / load.models), load.features),
  );
  return {
    ...overPostgres,
    kafka: () => {
      const name = `kafka_${round + 1}`;
      const stream = `{partitions: ${partitions}, kafka: {brokers: ${brokers}, topic: ${name}, group: ${name}}}`;
      return whole("kafka", stream)();
    },
    bare: async () => {
      const { produceSeconds, consumeSeconds } = await bareRound(
        kafka.brokers,
        { name: topic(), partitions },
        records,
      );
      return produceSeconds + consumeSeconds;
    },
  };
}

function report(seconds: ReadonlyMap<string, number>): readonly BenchLine[] {
  const rate = (name: string, of: string): BenchLine[] => {
    const value = seconds.get(of);
    if (value === undefined) return [];
    return [benchLine({ section: "path", name, value: rows / value, unit: "rows/s" })];
  };
  const [kafka, bare] = [seconds.get("kafka"), seconds.get("bare")];
  const ratio = (value: number): BenchLine =>
    benchLine({
      section: "path",
      name: "whole path over Kafka: rate as a part of bare kafkajs",
      value,
      unit: "ratio",
    });
  return [
    ...rate("whole path over the Postgres log", "postgres"),
    ...rate("whole path over Kafka", "kafka"),
    ...rate("bare kafkajs, produce and consume the same rows", "bare"),
    ...(kafka !== undefined && bare !== undefined ? [ratio(bare / kafka)] : []),
  ];
}
