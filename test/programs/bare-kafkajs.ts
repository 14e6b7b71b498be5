/** kafkajs as it comes, to show what goes wrong with it alone; and a broker behind a proxy that cuts. */
import { EventEmitter, once } from "node:events";
import { type EachMessagePayload, Kafka } from "kafkajs";
import { expect } from "vitest";
import { freePort } from "../../src/sandbox/free-port.ts";
import { type SandboxKafka, startKafka } from "../../src/sandbox/kafka.ts";
import { type CuttingProxy, startCuttingProxy } from "./cutting-proxy.ts";
import { eventually } from "./eventually.ts";

/** kafkajs without any setting of ours but silence. */
export const bareKafka = (brokers: readonly string[], retries = 5): Kafka =>
  new Kafka({ brokers: [...brokers], logLevel: 0, retry: { retries } });

export async function createTopic(
  brokers: readonly string[],
  topic: string,
  partitions = 1,
): Promise<void> {
  const admin = bareKafka(brokers).admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: [{ topic, numPartitions: partitions }],
  });
  await admin.disconnect();
}

export async function deleteTopic(brokers: readonly string[], topic: string): Promise<void> {
  const admin = bareKafka(brokers).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await eventually(async () => expect(await admin.listTopics()).not.toContain(topic));
  await admin.disconnect();
}

/** Sends texts to a partition with a producer of its own. */
export async function produce(
  brokers: readonly string[],
  topic: string,
  { texts, partition = 0 }: { readonly texts: readonly string[]; readonly partition?: number },
): Promise<void> {
  const producer = bareKafka(brokers).producer();
  await producer.connect();
  await producer.send({ topic, messages: texts.map((value) => ({ partition, value })) });
  await producer.disconnect();
}

interface Content {
  readonly partition: number;
  readonly text: string;
}

/** Everything a new group finds in a topic, up to its present end. */
export async function contentsOf(
  brokers: readonly string[],
  topic: string,
): Promise<readonly Content[]> {
  const kafka = bareKafka(brokers);
  const admin = kafka.admin();
  await admin.connect();
  const offsets = await admin.fetchTopicOffsets(topic);
  await admin.disconnect();
  let left = offsets.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0);
  const found: Content[] = [];
  const consumer = kafka.consumer({ groupId: `contents-${crypto.randomUUID()}` });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await new Promise<void>((resolve) => {
    if (left === 0) return resolve();
    void consumer.run({
      eachMessage: ({ partition, message }: EachMessagePayload) => {
        found.push({ partition, text: String(message.value) });
        left -= 1;
        if (left === 0) resolve();
        return Promise.resolve();
      },
    });
  });
  await consumer.disconnect();
  return found;
}

export async function membersOf(brokers: readonly string[], groupId: string): Promise<number> {
  const admin = bareKafka(brokers).admin();
  try {
    await admin.connect();
    const { groups } = await admin.describeGroups([groupId]);
    return groups[0]?.members.length ?? 0;
  } finally {
    await admin.disconnect();
  }
}

/**
 * Waits for a session of three seconds by the broker's own clock: until it has thrown out a member of another group that
 * joined now and never beats.
 */
export async function sessionOver(brokers: readonly string[]): Promise<void> {
  const groupId = `silent-${crypto.randomUUID()}`;
  await createTopic(brokers, groupId);
  await produce(brokers, groupId, { texts: ["never done"] });
  const said = new EventEmitter();
  const [working, over] = [once(said, "working"), once(said, "over")];
  const consumer = bareKafka(brokers).consumer({
    groupId,
    sessionTimeout: 3000,
    heartbeatInterval: 1000,
  });
  await consumer.connect();
  await consumer.subscribe({ topic: groupId, fromBeginning: true });
  await consumer.run({
    eachMessage: async () => {
      said.emit("working");
      await over;
    },
  });
  await working;
  await eventually(async () => expect(await membersOf(brokers, groupId)).toBe(0));
  said.emit("over");
  await consumer.disconnect();
}

export interface ProxiedKafka {
  /** All that clients say and hear goes through the proxy. */
  readonly brokers: readonly string[];
  readonly proxy: CuttingProxy;
  stop(): Promise<void>;
}

export async function startProxiedKafka(): Promise<ProxiedKafka> {
  const port = await freePort();
  const proxy = await startCuttingProxy(port);
  const advertised = `PLAINTEXT://127.0.0.1:${proxy.port}`;
  const kafka: SandboxKafka = await startKafka({
    port,
    settings: { "advertised.listeners": advertised },
  });
  return {
    brokers: [`127.0.0.1:${proxy.port}`],
    proxy,
    stop: async () => {
      proxy.stop();
      await kafka.stop();
    },
  };
}
