/** What kafkajs 2.2.4 does wrong when something fails or a topic is replaced: each shown with it alone first, then with our stream. */
import type { Consumer } from "kafkajs";
import { describe, expect, it } from "vitest";
import { RememberingReader } from "../contracts/record-log.ts";
import {
  bareKafka,
  createTopic,
  deleteTopic,
  membersOf,
  produce,
  sessionOver,
} from "../programs/bare-kafkajs.ts";
import { eventually } from "../programs/eventually.ts";
import {
  marker,
  openTestStream,
  rememberTopics,
  startTestKafka,
  withKafka,
} from "../programs/kafka.ts";

const kafka = await withKafka(startTestKafka);

interface Member {
  readonly consumer: Consumer;
  readonly got: string[];
  readonly crashes: boolean[];
  readonly joins: () => number;
}

async function join(
  topic: string,
  { onMessage, from }: { onMessage?: () => Promise<void>; from?: number } = {},
): Promise<Member> {
  const consumer = bareKafka(kafka.brokers, 3).consumer({
    groupId: `bare-${topic}`,
    sessionTimeout: 3000,
    heartbeatInterval: 300,
    maxWaitTimeInMs: 100,
  });
  const got: string[] = [];
  const crashes: boolean[] = [];
  let joins = 0;
  consumer.on(consumer.events.GROUP_JOIN, () => void (joins += 1));
  consumer.on(consumer.events.CRASH, ({ payload }) => void crashes.push(payload.restart));
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ message }) => {
      await onMessage?.();
      got.push(String(message.value));
    },
  });
  if (from !== undefined) consumer.seek({ topic, partition: 0, offset: String(from) });
  return { consumer, got, crashes, joins: () => joins };
}

describe.skipIf(!kafka.available)("an error that kafkajs does not retry", () => {
  it("ends a bare consumer for good while its process lives on", async () => {
    const topic = "crashed";
    await createTopic(kafka.brokers, topic);
    await produce(kafka.brokers, topic, { texts: ["one", "two"] });
    let failed = false;
    const { crashes, got, consumer } = await join(topic, {
      onMessage: () => {
        if (failed) return Promise.resolve();
        failed = true;
        return Promise.reject(
          Object.assign(new Error("not found"), {
            retriable: false,
            name: "KafkaJSNonRetriableError",
          }),
        );
      },
    });
    await eventually(() => expect(crashes).toContain(false));
    await eventually(async () => expect(await membersOf(kafka.brokers, `bare-${topic}`)).toBe(0));
    expect(got).toEqual([]);
    await consumer.disconnect();
  });

  it("is one rejected batch to us: delivered again, and the next ones after it", async () => {
    const { stream } = await openTestStream({ brokers: kafka.brokers, partitions: 1 });
    const reader = new RememberingReader();
    let failures = 0;
    reader.before = () => {
      failures += 1;
      if (failures > 2) return Promise.resolve();
      return Promise.reject(
        Object.assign(new Error("not found"), {
          retriable: false,
          name: "KafkaJSNonRetriableError",
        }),
      );
    };
    await stream.append([marker("m", 1), marker("m", 2)]);
    await stream.subscribe(reader);
    await eventually(() => expect(reader.markers("m")).toEqual([1, 2]));
    await stream.append([marker("m", 3)]);
    await eventually(() => expect(reader.markers("m")).toEqual([1, 2, 3]));
    await stream.close();
  });
});

describe.skipIf(!kafka.available)("a consumer disconnected during an outage", () => {
  it("comes back from the dead with bare kafkajs", async () => {
    const topic = "undead";
    await createTopic(kafka.brokers, topic);
    const { consumer, joins } = await join(topic);
    await eventually(() => expect(joins()).toBe(1));
    // At the moment at which the crash is being cleaned up, and the restart not planned yet.
    const crashing = new Promise((resolve) => void consumer.on(consumer.events.STOP, resolve));
    await kafka.broker.kill();
    await crashing;
    await consumer.disconnect();
    let requests = 0;
    consumer.on(consumer.events.REQUEST, () => void (requests += 1));
    await kafka.broker.restart();
    await eventually(() => expect(requests).toBeGreaterThan(0));
    await consumer.disconnect();
  });

  it("is gone with us", async () => {
    const groupId = "gone";
    const { stream } = await openTestStream({ brokers: kafka.brokers, groupId });
    const reader = new RememberingReader();
    const subscription = await stream.subscribe(reader);
    await eventually(() => expect(reader.partitionsHeld()).toHaveLength(3));
    await kafka.broker.kill();
    await eventually(() => expect(stream.health().ok).toBe(false));
    await subscription.stop();
    await kafka.broker.restart();
    await eventually(async () => expect(await membersOf(kafka.brokers, groupId)).toBe(0));
    await sessionOver(kafka.brokers);
    expect(await membersOf(kafka.brokers, groupId)).toBe(0);
    await stream.close();
  });
});

describe.skipIf(!kafka.available)("a topic that was deleted and created again", () => {
  it("shorter, makes bare kafkajs start over without a word", async () => {
    const topic = "shorter";
    await createTopic(kafka.brokers, topic);
    await produce(kafka.brokers, topic, { texts: ["new-0", "new-1"] });
    const { got, crashes, consumer } = await join(topic, { from: 50 });
    await eventually(() => expect(got).toEqual(["new-0", "new-1"]));
    expect(crashes).toEqual([]);
    await consumer.disconnect();
  });

  it("longer, makes bare kafkajs skip what is below its old position", async () => {
    const topic = "longer";
    await createTopic(kafka.brokers, topic);
    await produce(kafka.brokers, topic, { texts: ["old-0", "old-1"] });
    const first = await join(topic);
    await eventually(() => expect(first.got).toHaveLength(2));
    await first.consumer.disconnect();
    await deleteTopic(kafka.brokers, topic);
    await createTopic(kafka.brokers, topic);
    await produce(kafka.brokers, topic, { texts: ["new-0", "new-1", "new-2"] });
    const second = await join(topic, { from: 2 });
    await eventually(() => expect(second.got).toContain("new-2"));
    expect(second.got).not.toContain("new-1");
    await second.consumer.disconnect();
  });

  it.each(["shorter", "longer"])("%s, is refused by us at the start", async (length) => {
    const rememberStream = rememberTopics();
    const options = { brokers: kafka.brokers, topic: `ours-${length}`, rememberStream };
    const { stream } = await openTestStream({ ...options, partitions: 1 });
    await stream.append([marker("m", 1), marker("m", 2)]);
    await stream.close();
    await deleteTopic(kafka.brokers, options.topic);
    await createTopic(kafka.brokers, options.topic);
    const texts = length === "shorter" ? ["new-0"] : ["new-0", "new-1", "new-2"];
    await produce(kafka.brokers, options.topic, { texts });
    const opening = openTestStream({ ...options, partitions: 1 });
    await expect(opening).rejects.toMatchObject({ code: "DW_STREAM_RECREATED" });
  });

  it("shorter, while nobody knows its id, is stopped by its end: nothing is delivered", async () => {
    const { stream } = await openTestStream({ brokers: kafka.brokers, partitions: 1 });
    await stream.append([marker("m", 1)]);
    const reader = new RememberingReader(new Map([[0, 50]]));
    await stream.subscribe(reader);
    await eventually(() => expect(stream.health().reason).toContain("lost records"));
    expect(reader.taken).toEqual([]);
    await stream.close();
  });
});
