import { type Admin, Kafka } from "kafkajs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RememberingReader } from "../contracts/record-log.ts";
import { eventually, until } from "../programs/eventually.ts";
import {
  marker,
  openTestStream,
  rememberTopics,
  startTestKafka,
  withKafka,
} from "../programs/kafka.ts";

const kafka = await withKafka(() => startTestKafka({ "log.retention.check.interval.ms": 300 }));
let admin: Admin;

beforeAll(async () => {
  if (!kafka.available) return;
  admin = new Kafka({ brokers: [...kafka.brokers], logLevel: 0 }).admin();
  await admin.connect();
});
afterAll(async () => {
  if (kafka.available) await admin.disconnect();
});

async function createAgain(topic: string): Promise<void> {
  await admin.deleteTopics({ topics: [topic] });
  await eventually(async () => expect(await admin.listTopics()).not.toContain(topic));
  // kafkajs waits for leaders by asking once; a broker at load may not know the topic yet.
  await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 3 }] });
  await eventually(async () => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    expect(topics[0]?.partitions).toHaveLength(3);
  });
}

describe.skipIf(!kafka.available)("the topic", () => {
  it("is found again with the same stream id", async () => {
    const rememberStream = rememberTopics();
    const options = { brokers: kafka.brokers, topic: "again", rememberStream };
    const { stream: first } = await openTestStream(options);
    const { stream: second } = await openTestStream(options);
    expect(second.streamId).toBe(first.streamId);
    await Promise.all([first.close(), second.close()]);
  });

  it("that does not fit is refused with everything that is wrong", async () => {
    const configEntries = [
      { name: "retention.ms", value: "3600000" },
      { name: "cleanup.policy", value: "compact" },
    ];
    await admin.createTopics({ topics: [{ topic: "wrong", numPartitions: 2, configEntries }] });
    const opening = openTestStream({ brokers: kafka.brokers, topic: "wrong", replication: 2 });
    await expect(opening).rejects.toMatchObject({
      code: "DW_STREAM_TOPIC_MISMATCH",
      message:
        "topic wrong does not fit: it has 2 partitions instead of 3, it has 1 replicas instead of 2, " +
        "its cleanup.policy is compact instead of delete, it keeps records for 1h instead of 1d",
    });
  });

  it("of an operator gets an id and the broker's time, whatever time it had, and keeps its other settings", async () => {
    const configEntries = [
      { name: "message.timestamp.type", value: "CreateTime" },
      { name: "max.message.bytes", value: "700000" },
    ];
    await admin.createTopics({ topics: [{ topic: "own", numPartitions: 3, configEntries }] });
    const { stream } = await openTestStream({ brokers: kafka.brokers, topic: "own" });
    await stream.close();
    const resource = { type: 2, name: "own" };
    const { resources } = await admin.describeConfigs({
      resources: [resource],
      includeSynonyms: false,
    });
    const settings = resources[0]?.configEntries.map(({ configName, configValue }) => [
      configName,
      configValue,
    ]);
    expect(Object.fromEntries(settings ?? [])).toMatchObject({
      "message.timestamp.type": "LogAppendTime",
      "max.message.bytes": "700000",
      "delete.retention.ms": stream.streamId,
    });
  });

  it.each([2, 4])(
    "that is used with 3 partitions is refused with %i: no record stays unread",
    async (partitions) => {
      const topic = `used-${partitions}`;
      const options = { brokers: kafka.brokers, topic, rememberStream: rememberTopics() };
      const { stream } = await openTestStream(options);
      await stream.close();
      await admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] });
      await eventually(async () => {
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        expect(topics[0]?.partitions).toHaveLength(4);
      });
      await expect(openTestStream({ ...options, partitions })).rejects.toMatchObject({
        code: "DW_STREAM_TOPIC_MISMATCH",
        message: expect.stringContaining(`with 3 partitions, the configuration says ${partitions}`),
        hint: expect.stringContaining("Set stream.partitions to 3."),
      });
    },
  );

  it("that needs more replicas than there are brokers is refused", async () => {
    const opening = openTestStream({
      brokers: kafka.brokers,
      replication: 3,
      startupTimeoutMs: 1500,
    });
    await expect(opening).rejects.toMatchObject({ code: "DW_STREAM_TOPIC_REFUSED" });
  });

  it("made by its operator gets a stream id and keeps its settings", async () => {
    const configEntries = [{ name: "retention.ms", value: "172800000" }];
    await admin.createTopics({ topics: [{ topic: "given", numPartitions: 3, configEntries }] });
    const rememberStream = rememberTopics();
    const options = { brokers: kafka.brokers, topic: "given", rememberStream };
    const { stream } = await openTestStream(options);
    await stream.close();
    const { stream: again } = await openTestStream({ ...options, retentionMs: 172_800_000 });
    expect(again.streamId).toBe(stream.streamId);
    await again.close();
  });
});

describe.skipIf(!kafka.available)("a topic deleted and created again", () => {
  it("a topic that was deleted and created again is noticed at the next start", async () => {
    const rememberStream = rememberTopics();
    const options = { brokers: kafka.brokers, topic: "remade", rememberStream };
    const { stream } = await openTestStream(options);
    await stream.close();
    await createAgain("remade");
    await expect(openTestStream(options)).rejects.toMatchObject({ code: "DW_STREAM_RECREATED" });
  });

  it("stops a running stream: nothing more is delivered or taken", async () => {
    const options = { brokers: kafka.brokers, topic: "remade-live" };
    const { stream } = await openTestStream(options);
    const reader = new RememberingReader();
    await stream.append(Array.from({ length: 50 }, (_, id) => marker(`m${id}`, 1)));
    await stream.subscribe(reader);
    await until(() => reader.taken.length === 50);
    await createAgain("remade-live");
    const { stream: other } = await openTestStream(options);
    await other.append([marker("m1", 2), marker("m2", 2), marker("m3", 2), marker("m4", 2)]);
    await until(() => !stream.health().ok && /created again/.test(stream.health().reason ?? ""));
    expect(reader.taken).toHaveLength(50);
    await expect(stream.append([marker("m1", 3)])).rejects.toMatchObject({
      code: "DW_STREAM_RECREATED",
    });
    await Promise.all([stream.close(), other.close()]);
  });
});

describe.skipIf(!kafka.available)("records that are missing", () => {
  it("are said and skipped when retention took them before they were read", async () => {
    const options = { brokers: kafka.brokers, topic: "expired", partitions: 1 };
    const { stream, counted } = await openTestStream(options);
    await stream.append([marker("m", 1), marker("m", 2), marker("m", 3)]);
    await admin.fetchTopicOffsets("expired");
    await admin.deleteTopicRecords({
      topic: "expired",
      partitions: [{ partition: 0, offset: "2" }],
    });
    const reader = new RememberingReader();
    await stream.subscribe(reader);
    await until(() => reader.markers("m").length === 1);
    expect(reader.markers("m")).toEqual([3]);
    expect(await counted("gaps")).toBe(1);
    await stream.close();
  });

  it("break the stream when the log ends before what was read", async () => {
    const { stream } = await openTestStream({ brokers: kafka.brokers, partitions: 1 });
    const reader = new RememberingReader(new Map([[0, 100]]));
    await stream.subscribe(reader);
    await until(() => !stream.health().ok && /lost records/.test(stream.health().reason ?? ""));
    await expect(stream.append([marker("m", 1)])).rejects.toMatchObject({
      code: "DW_STREAM_TRUNCATED",
    });
    await stream.close();
  });

  it("of another program are handed on as unreadable", async () => {
    const { stream } = await openTestStream({
      brokers: kafka.brokers,
      topic: "shared-topic",
      partitions: 1,
    });
    const producer = new Kafka({ brokers: [...kafka.brokers], logLevel: 0 }).producer();
    await producer.connect();
    await producer.send({ topic: "shared-topic", messages: [{ key: "k", value: "{}" }] });
    await producer.disconnect();
    await stream.append([marker("m", 1)]);
    const reader = new RememberingReader();
    await stream.subscribe(reader);
    await until(() => reader.taken.length === 2);
    expect(reader.taken.map(({ entry }) => entry.record.kind)).toEqual(["unreadable", "marker"]);
    await stream.close();
  });
});
