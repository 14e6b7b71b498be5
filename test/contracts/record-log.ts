/** What every stream promises, whatever carries it: run by the Postgres log and by Kafka alike. */
import { EventEmitter, once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fenced } from "../../src/store/errors.ts";
import { partitionOf } from "../../src/stream/partition.ts";
import type { Row, RowsRecord, StreamRecord } from "../../src/stream/record.ts";
import type { RecordLog, Subscription } from "../../src/stream/record-log.ts";
import type { RecordSink } from "../../src/stream/record-sink.ts";
import { eventually } from "../programs/eventually.ts";
import { marker, RememberingReader } from "./remembering-reader.ts";

export { RememberingReader };

export interface OpenStream extends RecordSink, RecordLog {
  close(): Promise<void>;
}

/** Streams of three partitions. */
export interface StreamHarness {
  /** The stream of this name as one more process sees it; made if there is none. */
  open(name: string): Promise<OpenStream>;
  /** Puts bytes at the end of a partition that no codec wrote. */
  appendBytes(name: string, partition: number, bytes: Uint8Array): Promise<void>;
  /** With all its records; nobody has it open. */
  remove(name: string): Promise<void>;
  stop(): Promise<void>;
}

const tick: StreamRecord = { kind: "tick", source: "main", watermark: 1, clock: 2 };
const models = Array.from({ length: 12 }, (_, place) => `t/e/s/model-${place}`);

export function recordLogContract(
  name: string,
  startHarness: () => Promise<StreamHarness>,
  { skip = false }: { readonly skip?: boolean } = {},
): void {
  describe.skipIf(skip)(`the stream contract: ${name}`, () => {
    const context: Context = { harness: undefined, streams: [] };
    beforeAll(async () => {
      context.harness = await startHarness();
    });
    afterAll(async () => {
      await Promise.all(context.streams.map((stream) => stream.close()));
      await context.harness?.stop();
    });
    orderContract(context);
    deliveryContract(context);
    sharingContract(context);
    identityContract(context);
  });
}

interface Context {
  harness: StreamHarness | undefined;
  readonly streams: OpenStream[];
}

async function open({ harness, streams }: Context, name: string): Promise<OpenStream> {
  if (harness === undefined) throw new Error("the harness did not start");
  const stream = await harness.open(name);
  streams.push(stream);
  return stream;
}

async function read(
  stream: OpenStream,
  reader = new RememberingReader(),
): Promise<{ reader: RememberingReader; subscription: Subscription }> {
  return { reader, subscription: await stream.subscribe(reader) };
}

function orderContract(context: Context): void {
  it("keeps the order of a model's records over many appends", async () => {
    const stream = await open(context, "order");
    const { reader, subscription } = await read(stream);
    for (let at = 0; at < 20; at += 2) {
      await stream.append(models.flatMap((model) => [marker(model, at), marker(model, at + 1)]));
    }
    const all = Array.from({ length: 20 }, (_, at) => at);
    await eventually(() => {
      for (const model of models) expect(reader.markers(model)).toEqual(all);
    });
    await subscription.stop();
  });

  it("sends a model to one partition, the same for both streams", async () => {
    const stream = await open(context, "partitions");
    const { reader, subscription } = await read(stream);
    await stream.append(models.map((model) => marker(model, 1)));
    await eventually(() => expect(reader.taken).toHaveLength(models.length));
    for (const { partition, entry } of reader.taken) {
      const { record } = entry;
      if (record.kind !== "marker") throw new Error(`unexpected ${record.kind}`);
      expect(partition).toBe(partitionOf(record.model, stream.partitions));
    }
    await subscription.stop();
  });

  it("sends a tick to every partition, after what was appended before it", async () => {
    const stream = await open(context, "ticks");
    await stream.append([...models.map((model) => marker(model, 1)), tick]);
    const { reader, subscription } = await read(stream);
    await eventually(() => expect(reader.taken).toHaveLength(models.length + stream.partitions));
    const last = new Map(reader.taken.map(({ partition, entry }) => [partition, entry.record]));
    expect([...last.values()]).toEqual([tick, tick, tick]);
    await subscription.stop();
  });
}

function deliveryContract(context: Context): void {
  it("delivers a rejected batch again and skips nothing", async () => {
    const stream = await open(context, "rejections");
    const reader = new RememberingReader();
    let rejections = 0;
    reader.before = () =>
      ++rejections <= 3 ? Promise.reject(new Error("not now")) : Promise.resolve();
    const { subscription } = await read(stream, reader);
    await stream.append([marker("m", 1), marker("m", 2)]);
    await stream.append([marker("m", 3)]);
    await eventually(() => expect(reader.markers("m")).toEqual([1, 2, 3]));
    await subscription.stop();
  });

  it("asks the reader anew where to read from when it was fenced", async () => {
    const stream = await open(context, "fenced");
    const reader = new RememberingReader();
    let fences = 0;
    reader.before = () =>
      ++fences === 1 ? Promise.reject(fenced("the partition")) : Promise.resolve();
    const { subscription } = await read(stream, reader);
    await stream.append([marker("m", 1)]);
    await eventually(() => expect(reader.markers("m")).toEqual([1]));
    const partition = partitionOf("m", stream.partitions);
    expect(reader.calls.filter((call) => call.endsWith(` ${partition}`))).toEqual([
      `assigned ${partition}`,
      `revoked ${partition}`,
      `assigned ${partition}`,
    ]);
    await subscription.stop();
  });

  it("calls the reader for one batch of a partition at a time", async () => {
    const stream = await open(context, "one-at-a-time");
    const reader = new RememberingReader();
    let working = 0;
    let most = 0;
    reader.before = async () => {
      most = Math.max(most, ++working);
      await new Promise((resolve) => setImmediate(resolve));
      working--;
    };
    const { subscription } = await read(stream, reader);
    for (let at = 0; at < 10; at++) await stream.append([marker("m", at)]);
    await eventually(() => expect(reader.markers("m")).toHaveLength(10));
    expect(most).toBe(1);
    await subscription.stop();
  });

  it("delivers bytes that are no record as unreadable, in their place", async () => {
    const stream = await open(context, "unreadable");
    const partition = partitionOf("m", stream.partitions);
    await stream.append([marker("m", 1)]);
    await context.harness?.appendBytes("unreadable", partition, Buffer.from('[1,"rows",'));
    await stream.append([marker("m", 2)]);
    const { reader, subscription } = await read(stream);
    await eventually(() => expect(reader.markers("m")).toEqual([1, 2]));
    const kinds = reader.taken.map(({ entry }) => entry.record.kind);
    expect(kinds).toEqual(["marker", "unreadable", "marker"]);
    await subscription.stop();
  });

  it("carries large appends whole", async () => {
    const stream = await open(context, "large");
    const { reader, subscription } = await read(stream);
    const records = Array.from({ length: 1_000 }, (_, window) => rows("m", window));
    await stream.append(records);
    await eventually(() => expect(reader.taken).toHaveLength(1_000));
    expect(reader.taken.map(({ entry }) => entry.record)).toEqual(records);
    await subscription.stop();
  });
}

const row = (tid: number): Row => ({
  ts: 1e15 + tid,
  feature: `feature ${tid} 🦞`,
  importance: 0.5,
  tid,
});

/** Some 4 kB. */
function rows(model: string, window: number): RowsRecord {
  const all = Array.from({ length: 80 }, (_, tid) => row(tid));
  return { kind: "rows", model, source: "main", level: 0, window, rows: all };
}

function sharingContract(context: Context): void {
  it("reads from the offset that the reader names", async () => {
    const stream = await open(context, "resume");
    await stream.append([0, 1, 2, 3, 4].map((at) => marker("m", at)));
    const partition = partitionOf("m", stream.partitions);
    const { reader, subscription } = await read(
      stream,
      new RememberingReader(new Map([[partition, 3]])),
    );
    await eventually(() => expect(reader.markers("m")).toEqual([3, 4]));
    expect(reader.taken.map(({ entry }) => entry.offset)).toEqual([3, 4]);
    await subscription.stop();
  });

  it("shares the partitions with a second process, which takes over when the first stops", async () => {
    const positions = new Map<number, number>();
    const [first, second] = [new RememberingReader(positions), new RememberingReader(positions)];
    const [one, two] = [await open(context, "shared"), await open(context, "shared")];
    const leaving = await one.subscribe(first);
    await eventually(() => expect(first.partitionsHeld()).toEqual(["0", "1", "2"]));
    const staying = await two.subscribe(second);
    await eventually(() => {
      expect(second.partitionsHeld().length).toBeGreaterThan(0);
      const all = [...first.partitionsHeld(), ...second.partitionsHeld()];
      expect(all.toSorted()).toEqual(["0", "1", "2"]);
    });
    await two.append(models.map((model) => marker(model, 1)));
    await eventually(() => expect(first.taken.length + second.taken.length).toBe(models.length));
    await leaving.stop();
    expect(first.partitionsHeld()).toEqual([]);
    await eventually(() => expect(second.partitionsHeld()).toEqual(["0", "1", "2"]));
    await two.append(models.map((model) => marker(model, 2)));
    await eventually(() =>
      expect(first.taken.length + second.taken.length).toBe(2 * models.length),
    );
    await staying.stop();
  });

  it("waits for the batch in work when it stops", async () => {
    const stream = await open(context, "drain");
    const reader = new RememberingReader();
    const gate = new EventEmitter();
    const entered = once(gate, "entered");
    reader.before = async () => {
      gate.emit("entered");
      await once(gate, "leave");
    };
    const { subscription } = await read(stream, reader);
    await stream.append([marker("m", 1)]);
    await entered;
    const stopped = subscription.stop();
    gate.emit("leave");
    await stopped;
    expect(reader.markers("m")).toEqual([1]);
  });
}

function identityContract(context: Context): void {
  it("has an id that stays, and another one once it was deleted and made again", async () => {
    const one = await open(context, "identity");
    const two = await open(context, "identity");
    expect(two.streamId).toBe(one.streamId);
    await Promise.all([one.close(), two.close()]);
    await context.harness?.remove("identity");
    const again = await open(context, "identity");
    expect(again.streamId).not.toBe(one.streamId);
    expect(await again.endOffsets()).toEqual([0, 0, 0]);
  });

  it("knows the offset after the newest record of each partition", async () => {
    const stream = await open(context, "ends");
    expect(await stream.endOffsets()).toEqual([0, 0, 0]);
    await stream.append([tick, tick, marker("m", 1)]);
    const expected = [2, 2, 2];
    expected[partitionOf("m", stream.partitions)] = 3;
    expect(await stream.endOffsets()).toEqual(expected);
  });
}
