/** What kafkajs 2.2.4 does wrong in a consumer group: each shown with it alone first, then with our stream. */
import { EventEmitter, once } from "node:events";
import type { Consumer, Kafka } from "kafkajs";
import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { FatalStop } from "../../src/stream/kafka/fatal-stop.ts";
import { GroupSubscription } from "../../src/stream/kafka/group-subscription.ts";
import { kafkaMetrics } from "../../src/stream/kafka/metrics.ts";
import { partitionOf } from "../../src/stream/partition.ts";
import { StreamHealth } from "../../src/stream/stream-health.ts";
import { RememberingReader } from "../contracts/record-log.ts";
import {
  bareKafka,
  createTopic,
  membersOf,
  produce,
  sessionOver,
} from "../programs/bare-kafkajs.ts";
import { eventually } from "../programs/eventually.ts";
import { marker, openTestStream, startTestKafka, withKafka } from "../programs/kafka.ts";

const kafka = await withKafka(startTestKafka);
const { available } = kafka;

interface Member {
  readonly consumer: Consumer;
  /** `partition/text`, as delivered. */
  readonly got: string[];
  readonly held: () => readonly number[];
}

/** Where nobody is to be given up: a busy machine stops a member for seconds. */
const patientMs = 30_000;

interface Joining {
  readonly onMessage?: (text: string) => Promise<void>;
  readonly onJoin?: (consumer: Consumer) => void;
  /** After which a silent member is given up. */
  readonly sessionMs?: number;
}

/** A bare member of a group. */
async function join(
  topic: string,
  { onMessage, onJoin, sessionMs = patientMs }: Joining = {},
): Promise<Member> {
  const groupId = `bare-${topic}`;
  // Bare kafkajs gives up for good when a new broker still loads its groups.
  await eventually(async () => {
    expect(await membersOf(kafka.brokers, groupId)).toBeGreaterThanOrEqual(0);
  });
  const consumer = bareKafka(kafka.brokers).consumer({
    groupId,
    sessionTimeout: sessionMs,
    heartbeatInterval: 300,
    rebalanceTimeout: sessionMs,
    maxWaitTimeInMs: 100,
  });
  const got: string[] = [];
  let held: readonly number[] = [];
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    held = payload.memberAssignment[topic] ?? [];
    onJoin?.(consumer);
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      await onMessage?.(String(message.value));
      got.push(`${partition}/${String(message.value)}`);
    },
  });
  return { consumer, got, held: () => held };
}

/** Models of one partition each, of three. */
const modelOf = (partition: number): string =>
  Array.from({ length: 100 }, (_, i) => `m${i}`).find(
    (model) => partitionOf(model, 3) === partition,
  ) ?? "";

describe.skipIf(!available)("a partition that was paused when the group took it away", () => {
  it("stays paused with bare kafkajs when it comes back: silence without an error", async () => {
    const topic = "paused";
    await createTopic(kafka.brokers, topic, 2);
    const first = await join(topic);
    await eventually(() => expect(first.held()).toHaveLength(2));
    first.consumer.pause([{ topic, partitions: [0, 1] }]);
    const second = await join(topic);
    const eachHolds = (): readonly number[] => [first.held().length, second.held().length];
    await eventually(() => expect(eachHolds()).toEqual([1, 1]));
    // What is held is read on; nothing else can be known to be paused still.
    const mine = first.held();
    const [others = -1] = second.held();
    first.consumer.resume([{ topic, partitions: [...mine] }]);
    await second.consumer.disconnect();
    await eventually(() => expect(first.held()).toHaveLength(2));
    await produce(kafka.brokers, topic, { texts: ["here"], partition: mine[0] ?? -1 });
    await produce(kafka.brokers, topic, { texts: ["there"], partition: others });
    await eventually(() => expect(first.got).toContain(`${mine[0]}/here`));
    // A fetch takes what every partition has that is not paused: this one comes after the silence.
    await produce(kafka.brokers, topic, { texts: ["again"], partition: mine[0] ?? -1 });
    await eventually(() => expect(first.got).toContain(`${mine[0]}/again`));
    expect(first.got).toEqual([`${mine[0]}/here`, `${mine[0]}/again`]);
    expect(first.consumer.paused()).toEqual([{ topic, partitions: [others] }]);
    await first.consumer.disconnect();
  });

  it("is read on by us, also when it was being claimed at that moment", async () => {
    const shared = { brokers: kafka.brokers, topic: "regained", groupId: "regained" };
    const positions = new Map<number, number>();
    const [first, second] = [new RememberingReader(positions), new RememberingReader(positions)];
    const { stream: one } = await openTestStream(shared);
    const { stream: two } = await openTestStream(shared);
    // The first reader claims nothing until the group has changed: its partitions are shut when it does.
    const group = new EventEmitter();
    const changed = once(group, "changed");
    const claim = first.assigned.bind(first);
    first.assigned = async (partition) => {
      await changed;
      return claim(partition);
    };
    await one.subscribe(first);
    const leaving = await two.subscribe(second);
    await eventually(() => expect(second.partitionsHeld().length).toBeGreaterThan(0));
    group.emit("changed");
    await leaving.stop();
    await eventually(() => expect(first.partitionsHeld()).toEqual(["0", "1", "2"]));
    await one.append([0, 1, 2].map((partition) => marker(modelOf(partition), 1)));
    await eventually(() =>
      expect(new Set(first.taken.map(({ partition }) => partition))).toEqual(new Set([0, 1, 2])),
    );
    await Promise.all([one.close(), two.close()]);
  });
});

describe.skipIf(!available)("a position that is looked up when the partition is given", () => {
  const texts = Array.from({ length: 20 }, (_, i) => `t${i}`);

  it("comes too late with bare kafkajs: it delivers from the start", async () => {
    const topic = "late-seek";
    await createTopic(kafka.brokers, topic);
    await produce(kafka.brokers, topic, { texts });
    const seen = new EventEmitter();
    const delivered = once(seen, "message");
    const lookUp = async (consumer: Consumer): Promise<void> => {
      await delivered;
      consumer.seek({ topic, partition: 0, offset: "15" });
    };
    let lookedUp: Promise<void> | undefined;
    const onJoin = (c: Consumer): void => void (lookedUp = lookUp(c));
    const { got, consumer } = await join(topic, {
      onJoin,
      onMessage: async () => void seen.emit("message"),
    });
    await eventually(() => expect(got).toContain("0/t19"));
    await lookedUp;
    expect(got[0]).toBe("0/t0");
    await consumer.disconnect();
  });

  it("is where we begin, however long looking it up takes", async () => {
    const { stream } = await openTestStream({ brokers: kafka.brokers, partitions: 1 });
    await stream.append(texts.map((_, i) => marker("m", i)));
    const reader = new RememberingReader(new Map([[0, 15]]));
    const claim = reader.assigned.bind(reader);
    reader.assigned = async (partition) => {
      // Meanwhile the broker has taken a record and answered: a fetch would have come back as well.
      await stream.append([marker("another", 20)]);
      expect(await stream.endOffsets()).toEqual([21]);
      return claim(partition);
    };
    await stream.subscribe(reader);
    await eventually(() => expect(reader.markers("m")).toEqual([15, 16, 17, 18, 19]));
    await stream.close();
  });
});

describe.skipIf(!available)(
  "a record in work while the group gives its partition to another",
  () => {
    it("is done twice by bare kafkajs, and the first one's late commit is accepted", async () => {
      const topic = "in-work";
      await createTopic(kafka.brokers, topic);
      await produce(kafka.brokers, topic, { texts: ["slow"] });
      const seen = new EventEmitter();
      const redone = once(seen, "message");
      const sessionMs = 3000;
      const first = await join(topic, { onMessage: async () => void (await redone), sessionMs });
      await eventually(() => expect(first.held()).toEqual([0]));
      const second = await join(topic, {
        onMessage: async () => void seen.emit("message"),
        sessionMs,
      });
      await eventually(() => expect(first.got).toEqual(["0/slow"]));
      await eventually(() => expect(second.got).toEqual(["0/slow"]));
      await Promise.all([first.consumer.disconnect(), second.consumer.disconnect()]);
    });

    it("keeps its partition with us for as long as it is in work, and is done once", async () => {
      const shared = { brokers: kafka.brokers, topic: "kept", groupId: "kept", partitions: 1 };
      const positions = new Map<number, number>();
      const [first, second] = [new RememberingReader(positions), new RememberingReader(positions)];
      const { stream: one } = await openTestStream(shared);
      const { stream: two } = await openTestStream(shared);
      let working = false;
      first.before = async () => {
        working = true;
        await sessionOver(kafka.brokers);
      };
      await one.append([marker("m", 1)]);
      await one.subscribe(first);
      await eventually(() => expect(working).toBe(true));
      await two.subscribe(second);
      await eventually(() => expect(first.markers("m")).toEqual([1]));
      await one.append([marker("m", 2)]);
      first.before = () => Promise.resolve();
      await eventually(() =>
        expect([...first.markers("m"), ...second.markers("m")]).toHaveLength(2),
      );
      expect(new Set([...first.markers("m"), ...second.markers("m")])).toEqual(new Set([1, 2]));
      await Promise.all([one.close(), two.close()]);
    });
  },
);

/** kafkajs whose first `resume` is lost. */
function deaf(kafkajs: Kafka): Kafka {
  const make = kafkajs.consumer.bind(kafkajs);
  let lost = false;
  kafkajs.consumer = (config) => {
    const consumer = make(config);
    const resume = consumer.resume.bind(consumer);
    consumer.resume = (topics) => {
      if (lost) return resume(topics);
      lost = true;
    };
    return consumer;
  };
  return kafkajs;
}

describe.skipIf(!available)("a partition that is fetched no more, without an error", () => {
  it("is noticed by its lag, and read by a new consumer", async () => {
    const topic = "stalled";
    const { stream } = await openTestStream({ brokers: kafka.brokers, topic, partitions: 1 });
    await stream.append([marker("m", 1)]);
    const reader = new RememberingReader();
    const metrics = kafkaMetrics(new Registry());
    const logger = pino({ level: "silent" });
    const rebuilt: string[] = [];
    const subscription = new GroupSubscription({
      kafka: deaf(bareKafka(kafka.brokers)),
      topic,
      groupId: "stalled",
      partitions: 1,
      sessionTimeoutMs: 1000,
      metrics: { ...metrics, count: (name) => void rebuilt.push(name) },
      logger,
      health: new StreamHealth(),
      fatal: new FatalStop(logger),
      partition: {
        reader,
        metrics,
        logger,
        bounds: async () => ({ low: 0, high: (await stream.endOffsets())[0] ?? 0 }),
        decode: () => marker("m", 1),
        onWrongLog: () => undefined,
        isOurTopic: () => Promise.resolve(true),
        onDelivery: () => undefined,
      },
    });
    await eventually(() => expect(reader.markers("m")).toEqual([1]));
    expect(rebuilt).toContain("consumer_rebuilds");
    await subscription.stop();
    await stream.close();
  });
});
