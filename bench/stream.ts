/** The stream on Kafka beside bare kafkajs: the same records, the same broker, the same run. */
import { pino } from "pino";
import { Registry } from "prom-client";
import { systemClock } from "../src/clock.ts";
import { kafkaAvailable, startKafka } from "../src/sandbox/kafka.ts";
import { kafkaMetrics } from "../src/stream/kafka/metrics.ts";
import { openKafkaStream } from "../src/stream/kafka/open-kafka-stream.ts";
import type { RowsRecord } from "../src/stream/record.ts";
import { Arrivals, bareRound, type Round } from "./kafka-bare.ts";
import { type BenchLine, benchLine, leftOut } from "./line.ts";
import { median } from "./rounds.ts";

const partitions = 3;
const recordCount = 3000;
const rowsEach = 50;
const rounds = 3;
/** Least ratio of the speeds. Safety costs the rest: one partition a call, headers, checked decoding. */
const leastRatio = 0.85;

/**
 * Rows a second that the stream appends and reads back, and those of plain kafkajs: medians of three interleaved
 * rounds. Only the ratio has a bound, since speeds depend on the machine. Takes about ten seconds.
 *
 * @returns no lines without Java, which is reported on stderr
 */
export async function benchKafka(): Promise<readonly BenchLine[]> {
  if (!(await kafkaAvailable())) {
    leftOut("the stream on Kafka", "Java 17 and Maven on the path");
    return [];
  }
  const kafka = await startKafka();
  try {
    const records = makeRecords();
    const bare: Round[] = [];
    const ours: Round[] = [];
    // The first round of each warms the compiler up and does not count.
    for (let round = 0; round <= rounds; round += 1) {
      bare.push(await bareRound(kafka.brokers, { name: `bare-${round}`, partitions }, records));
      ours.push(await ourRound(kafka.brokers, `ours-${round}`, records));
    }
    return report(ours.slice(1), bare.slice(1));
  } finally {
    await kafka.stop();
  }
}

function makeRecords(): readonly RowsRecord[] {
  return Array.from({ length: recordCount }, (_, index) => ({
    kind: "rows",
    model: `acme/production/main/model-${index % 100}`,
    source: "main",
    level: 0,
    window: index,
    rows: Array.from({ length: rowsEach }, (_row, tid) => ({
      ts: 1_790_000_000_000_000 + index * 1_000_000,
      feature: `feature_${tid}`,
      importance: ((index * 31 + tid * 17) % 1000) / 997,
      tid: index * 65_536 + tid,
    })),
  }));
}

async function ourRound(
  brokers: readonly string[],
  topic: string,
  records: readonly RowsRecord[],
): Promise<Round> {
  const stream = await openKafkaStream({
    brokers,
    topic,
    groupId: topic,
    partitions,
    replication: 1,
    retentionMs: 86_400_000,
    startupTimeoutMs: 10_000,
    logger: pino({ level: "silent" }),
    metrics: kafkaMetrics(new Registry()),
    clock: systemClock,
    rememberStream: (_, found) => Promise.resolve(found),
  });
  const started = performance.now();
  for (let from = 0; from < records.length; from += 500) {
    await stream.append(records.slice(from, from + 500));
  }
  const produceSeconds = (performance.now() - started) / 1000;
  const arrivals = new Arrivals(records.length);
  await stream.subscribe({
    assigned: () => Promise.resolve(0),
    received: (_, entries) => {
      arrivals.took(entries.length);
      return Promise.resolve();
    },
    revoked: () => undefined,
  });
  await arrivals.done;
  await stream.close();
  return { produceSeconds, consumeSeconds: arrivals.secondsFor(records.length) };
}

function report(ours: readonly Round[], bare: readonly Round[]): readonly BenchLine[] {
  const seconds = {
    "stream on Kafka": (round: Round) => round.produceSeconds + round.consumeSeconds,
    "stream on Kafka, append": (round: Round) => round.produceSeconds,
    "stream on Kafka, read": (round: Round) => round.consumeSeconds,
  };
  return Object.entries(seconds).flatMap(([name, of]) => {
    const [mine, theirs] = [median(ours.map(of)), median(bare.map(of))];
    const rows = recordCount * rowsEach;
    const rate = (side: string, value: number): BenchLine =>
      benchLine({ section: "stream", name: side, value: rows / value, unit: "rows/s" });
    return [
      rate(name, mine),
      rate(`${name}: bare kafkajs`, theirs),
      ratioLine(name, theirs / mine),
    ];
  });
}

/** Only appending and reading together have a bound: each alone is too noisy on a shared machine. */
function ratioLine(name: string, value: number): BenchLine {
  const bound = name === "stream on Kafka" ? { atLeast: leastRatio } : {};
  const full = `${name}: ratio to bare kafkajs`;
  return benchLine({ section: "stream", name: full, value, unit: "ratio", ...bound });
}
