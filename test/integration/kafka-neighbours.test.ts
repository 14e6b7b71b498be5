/** Others who write to our topic, by mistake or on purpose: nothing they write stops us, fills the memory or moves our time. */
import kafkajs, { type Message } from "kafkajs";
import { describe, expect, it } from "vitest";
import { encodeRecord } from "../../src/stream/codec.ts";
import { RememberingReader } from "../contracts/record-log.ts";
import { bareKafka } from "../programs/bare-kafkajs.ts";
import { eventually } from "../programs/eventually.ts";
import {
  marker,
  openTestStream,
  rememberTopics,
  startTestKafka,
  withKafka,
} from "../programs/kafka.ts";

const { CompressionTypes, ConfigResourceTypes } = kafkajs;
const kafka = await withKafka(startTestKafka);

async function write(topic: string, messages: Message[], gzip = false): Promise<void> {
  const producer = bareKafka(kafka.brokers).producer();
  await producer.connect();
  const compression = gzip ? CompressionTypes.GZIP : CompressionTypes.None;
  for (const message of messages)
    await producer.send({ topic, messages: [{ partition: 0, ...message }], compression });
  await producer.disconnect();
}

const kindsOf = (reader: RememberingReader): readonly string[] =>
  reader.taken.map(({ entry }) => entry.record.kind);

describe.skipIf(!kafka.available)("what a neighbour writes to our topic", () => {
  it("is set aside, and our own records around it are read, also after a restart (FR-K3, FR-K5, FR-K10)", async () => {
    const topic = "shared-topic";
    const shared = {
      brokers: kafka.brokers,
      topic,
      partitions: 1,
      rememberStream: rememberTopics(),
    };
    const { stream } = await openTestStream(shared);
    const ours = { stream: stream.streamId };
    const late = { kind: "tick", source: "main", watermark: 9e18, clock: 9e18 } as const;
    await stream.append([marker("m", 1)]);
    await write(topic, [
      { value: "no header" },
      { value: "another id", headers: { stream: "1" } },
      { value: "not ours", headers: ours },
      { value: encodeRecord(late), headers: ours },
    ]);
    await write(topic, [{ value: Buffer.alloc(150_000_000) }], true);
    await stream.append([marker("m", 2)]);
    const reader = new RememberingReader();
    await stream.subscribe(reader);
    await eventually(() => expect(reader.markers("m")).toEqual([1, 2]));
    expect(kindsOf(reader)).toEqual(["marker", ...Array(5).fill("unreadable"), "marker"]);
    expect(stream.health()).toEqual({ ok: true });
    await stream.close();

    const { stream: again } = await openTestStream({ ...shared, groupId: "another" });
    const second = new RememberingReader();
    await again.subscribe(second);
    await eventually(() => expect(second.markers("m")).toEqual([1, 2]));
    await again.close();
  });
});

/** As `kafka-configs.sh --alter` sets it: what else the topic's own settings are stays. */
async function setCompression(topic: string, type: string): Promise<void> {
  const admin = bareKafka(kafka.brokers).admin();
  await admin.connect();
  const resource = { type: ConfigResourceTypes.TOPIC, name: topic };
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [resource],
  });
  const own = (resources[0]?.configEntries ?? [])
    .filter(({ configSource }) => (configSource as number) === 1)
    .map(({ configName, configValue }) => ({ name: configName, value: configValue }))
    .filter(({ name }) => name !== "compression.type");
  const configEntries = [...own, { name: "compression.type", value: type }];
  await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries }] });
  await admin.disconnect();
}

describe.skipIf(!kafka.available)("a topic whose compression.type is changed while we run", () => {
  it("is read on, in whatever codec the brokers write our records, also after a restart", async () => {
    const topic = "compressed";
    const shared = {
      brokers: kafka.brokers,
      topic,
      partitions: 1,
      rememberStream: rememberTopics(),
    };
    const { stream } = await openTestStream(shared);
    const reader = new RememberingReader();
    await stream.subscribe(reader);
    // More than one block of each codec, with copies over their borders.
    const long = Array.from({ length: 100_000 }, (_, place) => (place * place) % 977).join(" ");
    const types = ["lz4", "snappy", "zstd", "gzip", "producer"];
    for (const [place, type] of types.entries()) {
      await setCompression(topic, type);
      await stream.append([marker("m", place), { ...marker("long", place), marker: long }]);
      await eventually(() => expect(reader.markers("long")).toHaveLength(place + 1));
    }
    expect(new Set(kindsOf(reader))).toEqual(new Set(["marker"]));
    expect(stream.health()).toEqual({ ok: true });
    await stream.close();
    await setCompression(topic, "zstd");
    const { stream: again } = await openTestStream({ ...shared, groupId: "after" });
    const second = new RememberingReader();
    await again.subscribe(second);
    await eventually(() => expect(second.markers("m")).toEqual(types.map((_, place) => place)));
    expect(second.taken).toEqual(reader.taken);
    await again.close();
  });
});

describe.skipIf(!kafka.available)("a topic that got more partitions while we ran (FR-K9)", () => {
  it("is used as before, and its new partitions stay empty and unclaimed", async () => {
    const topic = "grown";
    const shared = {
      brokers: kafka.brokers,
      topic,
      partitions: 2,
      rememberStream: rememberTopics(),
    };
    const { stream: first } = await openTestStream(shared);
    await first.append([marker("m", 1)]);
    await first.close();
    const admin = bareKafka(kafka.brokers).admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] });
    await admin.disconnect();
    const { stream } = await openTestStream(shared);
    const reader = new RememberingReader();
    await stream.subscribe(reader);
    await stream.append([marker("m", 2)]);
    await eventually(() => expect(reader.markers("m")).toEqual([1, 2]));
    await eventually(() => expect(reader.partitionsHeld()).toEqual(["0", "1"]));
    expect(stream.health()).toEqual({ ok: true });
    expect(await stream.endOffsets()).toHaveLength(2);
    await stream.close();
  });
});
