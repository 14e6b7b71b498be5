import { Kafka, Partitioners } from "kafkajs";
import { describe, expect, it } from "vitest";
import { KafkaStreamError } from "../../src/stream/kafka/errors.ts";
import type { KnownTopic } from "../../src/stream/kafka/topic.ts";
import {
  RememberingReader,
  recordLogContract,
  type StreamHarness,
} from "../contracts/record-log.ts";
import { sessionOver } from "../programs/bare-kafkajs.ts";
import { eventually, until } from "../programs/eventually.ts";
import {
  marker,
  openTestStream,
  rememberTopics,
  startTestKafka,
  withKafka,
} from "../programs/kafka.ts";

const kafka = await withKafka(startTestKafka);

/** One broker; the ids of its topics are remembered as a store would. */
async function startHarness(): Promise<StreamHarness> {
  const own = await startTestKafka();
  const client = new Kafka({ brokers: [...own.brokers], logLevel: 0 });
  const known = new Map<string, KnownTopic>();
  return {
    open: async (name) => {
      const remember = rememberTopics(known);
      const options = { topic: name, groupId: name, rememberStream: remember };
      return (await openTestStream({ brokers: own.brokers, ...options })).stream;
    },
    appendBytes: async (topic, partition, bytes) => {
      const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner });
      await producer.connect();
      const headers = { stream: known.get(topic)?.id ?? "" };
      await producer.send({ topic, messages: [{ value: Buffer.from(bytes), partition, headers }] });
      await producer.disconnect();
    },
    remove: async (name) => {
      const admin = client.admin();
      await admin.connect();
      await admin.deleteTopics({ topics: [name] });
      await eventually(async () => expect(await admin.listTopics()).not.toContain(name));
      await admin.disconnect();
      known.delete(name);
    },
    stop: () => own.stop(),
  };
}

recordLogContract("a topic of Kafka", startHarness, { skip: !kafka.available });

describe.skipIf(!kafka.available)("the stream on a real broker", () => {
  it("keeps its place in the group while the reader works longer than the session timeout", async () => {
    const { stream, counted } = await openTestStream({
      brokers: kafka.brokers,
      sessionTimeoutMs: 1000,
    });
    const reader = new RememberingReader();
    reader.before = () => sessionOver(kafka.brokers);
    await stream.subscribe(reader);
    await stream.append([marker("m", 1)]);
    await until(() => reader.markers("m").length === 1);
    await stream.append([marker("m", 2)]);
    await until(() => reader.markers("m").length === 2);
    expect(await counted("group_joins")).toBe(1);
    expect(reader.taken).toHaveLength(2);
    await stream.close();
  });

  it("refuses a record that is too large, names the model, and goes on with the next", async () => {
    const { stream } = await openTestStream({ brokers: kafka.brokers });
    const huge = { ...marker("a/b/c/huge", 1), marker: "x".repeat(1_200_000) };
    const error = await stream.append([marker("m", 1), huge]).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(KafkaStreamError);
    expect(error).toMatchObject({ code: "DW_STREAM_RECORD_TOO_LARGE", retryable: false });
    expect(String(error)).toContain("a/b/c/huge");
    expect(await stream.endOffsets()).toEqual([0, 0, 0]);
    await stream.append([marker("m", 1)]);
    await stream.close();
  });
});

const placesOf = (reader: RememberingReader): readonly string[] =>
  reader.taken.map(({ partition, entry }) => `${partition}/${entry.offset}`);

describe.skipIf(!kafka.available)("two readers in one group", () => {
  it("share the partitions, and the one that stays takes over without forgetting its own", async () => {
    const shared = { brokers: kafka.brokers, topic: "shared", groupId: "shared", partitions: 4 };
    const positions = new Map<number, number>();
    const [first, second] = [new RememberingReader(positions), new RememberingReader(positions)];
    const { stream: one } = await openTestStream(shared);
    const { stream: two } = await openTestStream(shared);
    await one.subscribe(first);
    await until(() => first.calls.length === 4);
    const leaving = await two.subscribe(second);
    await until(() => second.calls.length === 2);
    const models = Array.from({ length: 20 }, (_, model) => `m${model}`);
    await one.append(models.map((model) => marker(model, 1)));
    await until(() => first.taken.length + second.taken.length === 20);
    await leaving.stop();
    await until(() => first.calls.length === 8);
    await two.append(models.map((model) => marker(model, 2)));
    await until(() => first.taken.length + second.taken.length === 40);
    const lost = first.calls.filter((call) => call.startsWith("revoked"));
    expect(lost).toHaveLength(2);
    expect(second.calls.filter((call) => call.startsWith("revoked"))).toHaveLength(2);
    const ends = await one.endOffsets();
    expect([...placesOf(first), ...placesOf(second)].toSorted()).toEqual(
      ends
        .flatMap((end, partition) =>
          Array.from({ length: end }, (_, offset) => `${partition}/${offset}`),
        )
        .toSorted(),
    );
    await Promise.all([one.close(), two.close()]);
  });
});
