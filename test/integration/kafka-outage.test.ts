import { describe, expect, it } from "vitest";
import type { KafkaStream } from "../../src/stream/kafka/open-kafka-stream.ts";
import type { StreamRecord } from "../../src/stream/record.ts";
import { RememberingReader } from "../contracts/record-log.ts";
import { endsWithin, eventually, until } from "../programs/eventually.ts";
import { marker, openTestStream, startTestKafka, withKafka } from "../programs/kafka.ts";

const kafka = await withKafka(startTestKafka);

/** As the poller does: the same records again until they are durable. */
async function appendUntilDurable(stream: KafkaStream, records: readonly StreamRecord[]) {
  for (;;) {
    const durable = await stream.append(records).then(
      () => true,
      () => false,
    );
    if (durable) return;
  }
}

/** Appends batches of five, one model a partition or so, and breaks the broker after a few. */
async function appendThrough(stream: KafkaStream, fault: () => Promise<void>) {
  let broken: Promise<void> | undefined;
  for (let batch = 0; batch < 40; batch += 1) {
    if (batch === 10) broken = fault();
    const ids = Array.from({ length: 5 }, (_, index) => batch * 5 + index);
    await appendUntilDurable(
      stream,
      ids.flatMap((id) => ["m1", "m2", "m3"].map((model) => marker(model, id))),
    );
  }
  await broken;
}

/** Ids of a model's markers, each where it was first seen: what is sent twice is dropped by its position. */
const idsOf = (reader: RememberingReader, model: string): readonly number[] => [
  ...new Set(reader.markers(model)),
];

const everyId = Array.from({ length: 200 }, (_, id) => id);

describe.skipIf(!kafka.available)("a broker that fails while we append and read", () => {
  it("a broker that is killed and started again loses nothing and keeps the order", async () => {
    const { stream } = await openTestStream({ brokers: kafka.brokers });
    const reader = new RememberingReader();
    await stream.subscribe(reader);
    await appendThrough(stream, async () => {
      await kafka.broker.kill();
      await kafka.broker.restart();
    });
    await until(() => ["m1", "m2", "m3"].every((model) => idsOf(reader, model).length === 200));
    for (const model of ["m1", "m2", "m3"]) expect(idsOf(reader, model)).toEqual(everyId);
    expect(stream.health()).toEqual({ ok: true });
    await stream.close();
  });

  it("loses nothing and keeps the order when it is paused for longer than the session timeout", async () => {
    const { stream } = await openTestStream({ brokers: kafka.brokers });
    const reader = new RememberingReader();
    await stream.subscribe(reader);
    await until(() => reader.calls.length === 3);
    await appendThrough(stream, async () => {
      kafka.broker.pause();
      await until(() => reader.calls.includes("revoked 0"));
      kafka.broker.resume();
    });
    await until(() => ["m1", "m2", "m3"].every((model) => idsOf(reader, model).length === 200));
    for (const model of ["m1", "m2", "m3"]) expect(idsOf(reader, model)).toEqual(everyId);
    await stream.close();
  });

  it("makes a new consumer when kafkajs has given up, and says so", async () => {
    const { stream, counted } = await openTestStream({ brokers: kafka.brokers });
    const reader = new RememberingReader();
    await stream.subscribe(reader);
    await until(() => reader.calls.length === 3);
    await kafka.broker.kill();
    await eventually(async () => expect(await counted("consumer_rebuilds")).toBeGreaterThan(0));
    expect(stream.health().ok).toBe(false);
    expect(reader.calls.slice(3).toSorted()).toEqual(["revoked 0", "revoked 1", "revoked 2"]);
    await kafka.broker.restart();
    await appendUntilDurable(stream, [marker("m", 1)]);
    await until(() => reader.markers("m").length === 1);
    expect(stream.health()).toEqual({ ok: true });
    await stream.close();
  });

  it("is closed within ten seconds while the broker is away", async () => {
    const { stream } = await openTestStream({ brokers: kafka.brokers });
    const reader = new RememberingReader();
    await stream.subscribe(reader);
    await until(() => reader.calls.length === 3);
    await kafka.broker.kill();
    expect(await endsWithin(10_000, () => stream.close())).toBe(true);
    expect(reader.calls.slice(3).toSorted()).toEqual(["revoked 0", "revoked 1", "revoked 2"]);
    await kafka.broker.restart();
  });

  it("says that the brokers cannot be reached after the time to start is over", async () => {
    const opening = openTestStream({ brokers: ["127.0.0.1:1"], startupTimeoutMs: 1000 });
    await expect(opening).rejects.toMatchObject({
      code: "DW_STREAM_UNREACHABLE",
      retryable: true,
      message: expect.stringContaining("127.0.0.1:1"),
    });
  });
});
