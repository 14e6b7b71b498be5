import { EventEmitter, once } from "node:events";
import type { KafkaMessage } from "kafkajs";
import { pino } from "pino";
import { Registry } from "prom-client";
import { describe, expect, it } from "vitest";
import { kafkaMetrics } from "../../../src/stream/kafka/metrics.ts";
import { PartitionConsumer } from "../../../src/stream/kafka/partition-consumer.ts";
import { RememberingReader } from "../../contracts/record-log.ts";
import { eventually } from "../../programs/eventually.ts";
import { marker } from "../../programs/kafka.ts";

const message = (offset: number): KafkaMessage => ({
  key: null,
  value: null,
  timestamp: "0",
  attributes: 0,
  offset: String(offset),
  headers: {},
});

const messages = (from: number, to: number): KafkaMessage[] =>
  Array.from({ length: to - from + 1 }, (_, index) => message(from + index));

/** A partition whose log goes from `low` to `high`, its reader, and what its consumer asks of kafkajs. */
function partitionOn(log: {
  low?: number;
  high?: number;
  foreign?: (offset: number) => boolean;
  position?: number;
  isOurTopic?: () => Promise<boolean>;
}) {
  const reader = new RememberingReader(new Map([[7, log.position ?? 0]]));
  const turns: string[] = [];
  const wrong: string[] = [];
  const ill: (string | undefined)[] = [];
  const consumer = new PartitionConsumer(7, {
    reader,
    metrics: kafkaMetrics(new Registry()),
    logger: pino({ level: "silent" }),
    bounds: () => Promise.resolve({ low: log.low ?? 0, high: log.high ?? 100 }),
    decode: ({ offset }) =>
      log.foreign?.(Number(offset)) === true ? undefined : marker("m", Number(offset)),
    isOurTopic: log.isOurTopic ?? (() => Promise.resolve(true)),
    onDelivery: (_, reason) => void ill.push(reason),
    onWrongLog: (_, sign) => wrong.push(sign),
    control: {
      seek: (offset) => turns.push(`seek ${offset}`),
      resume: () => turns.push("resume"),
      pause: () => turns.push("pause"),
    },
    after: Promise.resolve(),
  });
  const turned = (turn: string): Promise<unknown> =>
    eventually(() => expect(turns).toContain(turn));
  return { consumer, reader, turns, wrong, ill, turned };
}

describe("a partition that is ours", () => {
  it("is read from where the reader says, and only after the reader has claimed it", async () => {
    const { consumer, reader, turns, turned } = partitionOn({ position: 5 });
    expect(await consumer.deliver(messages(5, 6), 7)).toBeUndefined();
    await turned("resume");
    expect(turns).toEqual(["seek 5", "resume"]);
    expect(await consumer.deliver(messages(5, 9), 10)).toBe(9);
    expect(reader.markers("m")).toEqual([5, 6, 7, 8, 9]);
  });

  it("is paused after a rejected batch, and read again from the same record", async () => {
    const { consumer, reader, turns, turned } = partitionOn({});
    await turned("resume");
    reader.before = () => Promise.reject(new Error("store away"));
    expect(await consumer.deliver(messages(0, 2), 3)).toBeUndefined();
    reader.before = () => Promise.resolve();
    expect(await consumer.deliver(messages(3, 4), 5)).toBeUndefined();
    await eventually(() =>
      expect(turns).toEqual(["seek 0", "resume", "pause", "seek 0", "resume"]),
    );
    expect(await consumer.deliver(messages(0, 4), 5)).toBe(4);
    expect(reader.markers("m")).toEqual([0, 1, 2, 3, 4]);
  });

  it("goes on where it was when a rebalance leaves it here, without a word to the reader", async () => {
    const { consumer, reader, turns, turned } = partitionOn({});
    await turned("resume");
    await consumer.deliver(messages(0, 2), 3);
    consumer.kept();
    await turned("seek 3");
    expect(turns.at(-1)).toBe("resume");
    expect(reader.calls).toEqual(["assigned 7"]);
  });

  it("is forgotten at once when it is lost, also while a batch is in work", async () => {
    const { consumer, reader, turned } = partitionOn({});
    await turned("resume");
    const taken = new EventEmitter();
    reader.before = async () => void (await once(taken, "taken"));
    const delivering = consumer.deliver(messages(0, 2), 3);
    const idle = consumer.lose();
    expect(reader.calls).toEqual(["assigned 7", "revoked 7"]);
    taken.emit("taken");
    await idle;
    expect(await delivering).toBeUndefined();
  });

  it("is given back only after the batch in work", async () => {
    const { consumer, reader, turned } = partitionOn({});
    await turned("resume");
    const taken = new EventEmitter();
    reader.before = async () => void (await once(taken, "taken"));
    const delivering = consumer.deliver(messages(0, 2), 3);
    const finished = consumer.finish();
    expect(reader.calls).toEqual(["assigned 7"]);
    taken.emit("taken");
    await Promise.all([finished, delivering]);
    expect(reader.calls).toEqual(["assigned 7", "revoked 7"]);
  });
});

describe("a partition whose log is not what it was", () => {
  it("a partition is read on behind a gap of offsets", async () => {
    const { consumer, reader, turned } = partitionOn({ low: 40, position: 10 });
    await turned("seek 40");
    expect(await consumer.deliver(messages(45, 46), 47)).toBe(46);
    expect(reader.markers("m")).toEqual([45, 46]);
  });

  it("forgives a fetch from an old position, and tries the right one", async () => {
    const { consumer, reader, turns, wrong, turned } = partitionOn({ position: 50 });
    await turned("resume");
    expect(await consumer.deliver(messages(0, 9), 100)).toBeUndefined();
    expect(turns.at(-1)).toBe("seek 50");
    expect(await consumer.deliver(messages(50, 51), 100)).toBe(51);
    expect(wrong).toEqual([]);
    expect(reader.markers("m")).toEqual([50, 51]);
  });

  it("is given up when it keeps starting over", async () => {
    const { consumer, reader, wrong, turned } = partitionOn({ position: 50 });
    await turned("resume");
    for (let time = 0; time < 3; time += 1) await consumer.deliver(messages(0, 9), 10);
    expect(wrong).toEqual(["truncated"]);
    expect(reader.taken).toEqual([]);
  });

  it("is given up when it ends before what was read", async () => {
    const { reader, turns, wrong } = partitionOn({ high: 20, position: 50 });
    await eventually(() => expect(wrong).toEqual(["truncated"]));
    expect(turns).toEqual([]);
    expect(reader.calls).toEqual(["assigned 7"]);
  });

  it("is given up when it carries another stream's records because the topic was made anew", async () => {
    const given = partitionOn({ foreign: () => true, isOurTopic: () => Promise.resolve(false) });
    const { consumer, reader, turns, wrong, turned } = given;
    await turned("resume");
    expect(await consumer.deliver(messages(0, 2), 3)).toBeUndefined();
    expect(wrong).toEqual(["foreign"]);
    expect(turns.at(-1)).toBe("pause");
    expect(reader.taken).toEqual([]);
  });
});

describe("a neighbour's record in the topic that we know (FR-K3)", () => {
  it("is set aside, and the records around it are read", async () => {
    const { consumer, reader, wrong, turned } = partitionOn({ foreign: (offset) => offset === 1 });
    await turned("resume");
    expect(await consumer.deliver(messages(0, 2), 3)).toBe(2);
    expect(reader.markers("m")).toEqual([0, 2]);
    expect(wrong).toEqual([]);
  });

  it("waits while the brokers cannot be asked whether it is the topic that we know", async () => {
    let away = true;
    const isOurTopic = (): Promise<boolean> =>
      away ? Promise.reject(new Error("away")) : Promise.resolve(true);
    const given = partitionOn({ foreign: (offset) => offset === 1, isOurTopic });
    await given.turned("resume");
    expect(await given.consumer.deliver(messages(0, 2), 3)).toBeUndefined();
    expect(given.reader.taken).toEqual([]);
    away = false;
    expect(await given.consumer.deliver(messages(0, 2), 3)).toBe(2);
    expect(given.reader.markers("m")).toEqual([0, 2]);
  });
});

describe("a batch that the reader rejects", () => {
  it("makes the stream ill until it is taken, or the partition is somebody else's", async () => {
    const { consumer, reader, ill, turned } = partitionOn({});
    await turned("resume");
    reader.before = () => Promise.reject(new Error("the stream holds records of form 2"));
    expect(await consumer.deliver(messages(0, 0), 1)).toBeUndefined();
    expect(ill).toEqual([expect.stringContaining("form 2")]);
    await consumer.lose();
    expect(ill.at(-1)).toBeUndefined();
  });
});

describe("FR-M2: a partition that is lost while the reader claims it", () => {
  it("is taken from the reader when its claim comes at last", async () => {
    const reader = new RememberingReader(new Map());
    const claimed = new EventEmitter();
    const asked = once(claimed, "asked");
    const answer = once(claimed, "answer");
    const claim = reader.assigned.bind(reader);
    reader.assigned = async (partition) => {
      claimed.emit("asked");
      await answer;
      return claim(partition);
    };
    const consumer = new PartitionConsumer(7, {
      reader,
      metrics: kafkaMetrics(new Registry()),
      logger: pino({ level: "silent" }),
      bounds: () => Promise.resolve({ low: 0, high: 100 }),
      decode: ({ offset }) => marker("m", Number(offset)),
      isOurTopic: () => Promise.resolve(true),
      onDelivery: () => undefined,
      onWrongLog: () => undefined,
      control: { seek: () => undefined, resume: () => undefined, pause: () => undefined },
      after: Promise.resolve(),
    });
    await asked;
    const lost = consumer.lose();
    claimed.emit("answer");
    await lost;
    expect(reader.calls.at(-1)).toBe("revoked 7");
    expect(reader.partitionsHeld()).toEqual([]);
  });
});
