/** Records of others on the topic: without our mark, with another one, copies of ours, no record at all, compressed bombs. */
import kafkajs, { type Message, type Producer } from "kafkajs";
import { bareKafka } from "../../programs/bare-kafkajs.ts";
import { seeded } from "../random.ts";
import { partitions, topic } from "../world.ts";
import { type Kinds, trafficMs } from "./fault.ts";
import { untilTaken } from "./until-taken.ts";

const { CompressionTypes } = kafkajs;

/** As a mirror writes that loses headers: what our own record says must not be taken a second time. */
const copied = JSON.stringify([
  1,
  "rows",
  "default/default/main/model-0",
  "main",
  0,
  1,
  [[Date.now() * 1000, "cpu_usage", 0.001, 1]],
]);

const messages: readonly Message[] = [
  { value: "hello" },
  { value: null },
  { value: Buffer.alloc(0) },
  { value: copied },
  { key: "model-0", value: copied, headers: { stream: "1" } },
  { value: copied, headers: { stream: ["1", "2"] } },
  { value: "x".repeat(500_000), headers: { stream: "" } },
];

async function write(producer: Producer, partition: number): Promise<void> {
  const to = (message: Message): Message => ({ ...message, partition });
  await producer.send({ topic, messages: messages.map(to) });
  const bomb = [to({ value: Buffer.alloc(20_000_000) })];
  await producer.send({ topic, messages: bomb, compression: CompressionTypes.GZIP });
}

export const foreignRecords: Kinds = {
  "foreign records": {
    on: "kafka",
    perform: async ({ kafka }, fault) => {
      const partition = seeded(fault.seed).between(0, partitions - 1);
      await untilTaken(async () => {
        const producer = bareKafka(kafka?.brokers ?? []).producer();
        try {
          await producer.connect();
          await write(producer, partition);
        } finally {
          await producer.disconnect();
        }
      }, trafficMs);
    },
  },
};
