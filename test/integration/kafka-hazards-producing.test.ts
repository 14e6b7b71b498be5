/** What kafkajs 2.2.4 does wrong when it writes: each shown with it alone first, then with our stream. */
import { ConfigResourceTypes, type Producer } from "kafkajs";
import { describe, expect, it } from "vitest";
import { decodeRecord } from "../../src/stream/codec.ts";
import { partitionOf } from "../../src/stream/partition.ts";
import type { MarkerRecord } from "../../src/stream/record.ts";
import { bareKafka, contentsOf, createTopic, startProxiedKafka } from "../programs/bare-kafkajs.ts";
import { eventually } from "../programs/eventually.ts";
import { marker, openTestStream, withKafka } from "../programs/kafka.ts";

const kafka = await withKafka(startProxiedKafka);
const { available } = kafka;

async function bareProducer(): Promise<Producer> {
  const producer = bareKafka(kafka.brokers, 1).producer({ idempotent: true });
  await producer.connect();
  return producer;
}

const named = (text: string, model = "m"): MarkerRecord => ({ ...marker(model, 1), marker: text });

/** Texts of our markers in the topic, in order, without repetitions. */
async function markersIn(topic: string): Promise<readonly string[]> {
  const records = (await contentsOf(kafka.brokers, topic)).map(({ text }) =>
    decodeRecord(Buffer.from(text)),
  );
  const texts = records.flatMap((record) => (record.kind === "marker" ? [record.marker] : []));
  return [...new Set(texts)];
}

const outcome = (work: Promise<unknown>): Promise<"acknowledged" | "rejected"> =>
  work.then(
    () => "acknowledged",
    () => "rejected",
  );

describe.skipIf(!available)("an answer to a produce call that gets lost", () => {
  it("costs bare kafkajs the next batch: acknowledged, and not in the log", async () => {
    await createTopic(kafka.brokers, "lost-answer");
    const producer = await bareProducer();
    const send = (value: string) =>
      outcome(producer.send({ topic: "lost-answer", messages: [{ partition: 0, value }] }));
    expect(await send("warm-up")).toBe("acknowledged");
    // Its one retry too, as an outage would.
    kafka.broker.proxy.cutAfter("batch-A", 2);
    expect(await send("batch-A")).toBe("rejected");
    expect(await send("batch-B")).toBe("acknowledged");
    expect(await send("batch-C")).toBe("acknowledged");
    await producer.disconnect();
    const texts = (await contentsOf(kafka.brokers, "lost-answer")).map(({ text }) => text);
    expect(texts).toEqual(["warm-up", "batch-A", "batch-C"]);
  });

  it("costs us nothing", async () => {
    const { stream } = await openTestStream({ brokers: kafka.brokers, topic: "answered" });
    await stream.append([named("warm-up")]);
    for (const text of ["batch-A", "batch-B", "batch-C"]) {
      if (text === "batch-A") kafka.broker.proxy.cutAfter(text);
      // As the poller does: again until it is acknowledged.
      while ((await outcome(stream.append([named(text)]))) === "rejected");
    }
    expect(await markersIn("answered")).toEqual(["warm-up", "batch-A", "batch-B", "batch-C"]);
    await stream.close();
  });
});

describe.skipIf(!available)("one record too large among the records of two partitions", () => {
  const large = "x".repeat(1_200_000);

  it("costs bare kafkajs the other partition's next batch", async () => {
    await createTopic(kafka.brokers, "partly", 2);
    const producer = await bareProducer();
    const send = (...messages: { partition: number; value: string }[]) =>
      outcome(producer.send({ topic: "partly", messages }));
    await send({ partition: 0, value: "warm-up" }, { partition: 1, value: "warm-up" });
    expect(await send({ partition: 0, value: large }, { partition: 1, value: "A" })).toBe(
      "rejected",
    );
    expect(await send({ partition: 1, value: "B" })).toBe("acknowledged");
    expect(await send({ partition: 1, value: "C" })).toBe("acknowledged");
    await producer.disconnect();
    const contents = await contentsOf(kafka.brokers, "partly");
    const texts = contents.filter(({ partition }) => partition === 1).map(({ text }) => text);
    expect(texts).toEqual(["warm-up", "A", "C"]);
  });

  it("is refused by us before anything is sent, and by a topic whose limit was lowered without a loss, until it is raised", async () => {
    const topic = "lowered";
    const options = { brokers: kafka.brokers, topic, partitions: 2, identityCheckMs: 100 };
    const { stream } = await openTestStream(options);
    const [here = "", there = ""] = [0, 1].map((partition) =>
      ["a", "b", "c", "d", "e"].find((model) => partitionOf(model, 2) === partition),
    );
    const refused = { code: "DW_STREAM_RECORD_TOO_LARGE", retryable: false };
    const both = [named(large, here), named("A", there)];
    await expect(stream.append(both)).rejects.toMatchObject(refused);
    expect(await markersIn(topic)).toEqual([]);

    const admin = bareKafka(kafka.brokers).admin();
    await admin.connect();
    const described = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }],
    });
    const own = described.resources[0]?.configEntries.filter((entry) => !entry.isDefault) ?? [];
    const kept = own.map(({ configName: name, configValue: value }) => ({ name, value }));
    const limit = (value: string): Promise<unknown> => {
      const configEntries = [...kept, { name: "max.message.bytes", value }];
      const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }];
      return admin.alterConfigs({ validateOnly: false, resources });
    };
    await limit("2000");
    const partly = [named("y".repeat(5000), here), named("A", there)];
    await expect(stream.append(partly)).rejects.toMatchObject(refused);
    await stream.append([named("B", there)]);
    await stream.append([named("C", there)]);
    expect(await markersIn(topic)).toEqual(["A", "B", "C"]);
    await limit("1000000");
    await admin.disconnect();
    await eventually(async () => {
      await stream.append([named("y".repeat(5000), here)]);
    });
    await stream.close();
  });
});
