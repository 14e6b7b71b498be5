/** The yardstick for the stream: plain kafkajs with the same records, without checks and without safety. */
import { Kafka, Partitioners } from "kafkajs";
import { encodeRecord } from "../src/stream/codec.ts";
import type { RowsRecord } from "../src/stream/record.ts";

export interface Round {
  readonly produceSeconds: number;
  readonly consumeSeconds: number;
}

/** Measures the time of arriving records from the end of the first batch, so that joining a group does not count. */
export class Arrivals {
  readonly done: Promise<void>;
  #finish: () => void = () => undefined;
  #left: number;
  #counted = 0;
  #startedAt = 0;
  #endedAt = 0;

  constructor(records: number) {
    this.#left = records;
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  took(records: number): void {
    if (this.#startedAt === 0) this.#startedAt = performance.now();
    else this.#counted += records;
    this.#left -= records;
    if (this.#left > 0) return;
    this.#endedAt = performance.now();
    this.#finish();
  }

  /** Seconds for `records` records at the speed of those after the first batch. */
  secondsFor(records: number): number {
    return ((this.#endedAt - this.#startedAt) / 1000 / this.#counted) * records;
  }
}

/** Appends and reads back with plain kafkajs: the same bytes in calls of 500 records, with its defaults. */
export async function bareRound(
  brokers: readonly string[],
  topic: { readonly name: string; readonly partitions: number },
  records: readonly RowsRecord[],
): Promise<Round> {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: 0 });
  const admin = kafka.admin();
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  const consumer = kafka.consumer({ groupId: topic.name });
  await Promise.all([admin.connect(), producer.connect(), consumer.connect()]);
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic: topic.name, numPartitions: topic.partitions }],
  });
  const started = performance.now();
  for (let from = 0; from < records.length; from += 500) {
    const messages = records.slice(from, from + 500).map((record) => ({
      key: record.model,
      value: encodeRecord(record),
    }));
    await producer.send({ topic: topic.name, messages });
  }
  const produceSeconds = (performance.now() - started) / 1000;
  const arrivals = new Arrivals(records.length);
  await consumer.subscribe({ topic: topic.name, fromBeginning: true });
  await consumer.run({
    eachBatch: ({ batch }) => {
      for (const { value } of batch.messages) JSON.parse(String(value));
      arrivals.took(batch.messages.length);
      return Promise.resolve();
    },
  });
  await arrivals.done;
  await Promise.all([admin.disconnect(), producer.disconnect(), consumer.disconnect()]);
  return { produceSeconds, consumeSeconds: arrivals.secondsFor(records.length) };
}
