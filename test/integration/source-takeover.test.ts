import EventEmitter, { once } from "node:events";
import { Registry } from "prom-client";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { sourceLease } from "../../src/app/sources.ts";
import { systemClock } from "../../src/clock.ts";
import { advance } from "../../src/detection/attribution/positions.ts";
import type { Position } from "../../src/detection/model-facts.ts";
import type { SourceLease } from "../../src/source/lease.ts";
import { LeasedPoller } from "../../src/source/leased-poller.ts";
import { sourceMetrics } from "../../src/source/metrics.ts";
import type { SourceOptions } from "../../src/source/options.ts";
import { startPoller } from "../../src/source/poller.ts";
import type { Store } from "../../src/store/store.ts";
import type { StreamRecord } from "../../src/stream/record.ts";
import { eventually } from "../programs/eventually.ts";
import { sql } from "../programs/postgres.ts";
import { MemorySink, sourceOptions } from "../programs/source.ts";
import { silent, withStore } from "../programs/store.ts";

const ttlMs = 1000;

const stores = withStore();
let store: Store;
let databases = 0;
const running: Process[] = [];
beforeAll(async () => {
  store = await stores.open();
});
afterEach(() => Promise.all(running.splice(0).map((one) => one.poller.stop())));

/** One stream that two processes write to. */
type Stream = { readonly by: string; readonly record: StreamRecord }[];

interface Process {
  readonly poller: LeasedPoller;
  readonly sink: MemorySink;
  readonly lease: SourceLease;
  readonly metric: (name: string) => Promise<number>;
  /** How often it has asked for the lease: four times in its span, and on a busy machine less often. */
  readonly asked: () => number;
}

function startProcess(owner: string, options: SourceOptions, stream: Stream): Process {
  const sink = new MemorySink();
  const registry = new Registry();
  const metrics = sourceMetrics(registry, () => {
    const rows = poller.rows();
    return rows === undefined ? [] : [[options.name, rows]];
  });
  const lease = sourceLease({ store, owner }, options.name, ttlMs);
  let asked = 0;
  const take = lease.take.bind(lease);
  lease.take = () => {
    asked += 1;
    return take();
  };
  const append = sink.append.bind(sink);
  sink.append = async (records) => {
    const setAside = await append(records);
    stream.push(...records.map((record) => ({ by: owner, record })));
    return setAside;
  };
  const poller: LeasedPoller = new LeasedPoller({
    source: options.name,
    lease,
    startPoller: (progress) =>
      startPoller({ options, sink, progress, clock: systemClock, logger: silent, metrics }),
    logger: silent,
    metrics,
  });
  const metric = async (name: string): Promise<number> =>
    (await registry.getSingleMetric(`driftwarden_source_${name}`)?.get())?.values[0]?.value ?? 0;
  const started = { poller, sink, lease, metric, asked: () => asked };
  running.push(started);
  return started;
}

/** A source's name of its own is a lease of its own. */
async function newSource(): Promise<{ url: string; options: SourceOptions }> {
  const name = `takeover_${(databases += 1)}`;
  const { url, readonlyUrl } = await stores.postgres.createSource(name);
  return { url, options: sourceOptions(readonlyUrl, { name, pageRows: 100 }) };
}

const rowsOf = (count: number, feature: string): string =>
  `INSERT INTO explainability_metrics SELECT now(), '${feature}' || i, i FROM generate_series(1, ${count}) i`;

/** What detection takes of the stream: features of the rows above the last position, in order. */
function taken(stream: Stream): readonly string[] {
  const positions: Record<string, Position> = {};
  return stream.flatMap(({ record }) =>
    record.kind === "rows"
      ? record.rows.filter((row) => advance(positions, record, row)).map((row) => row.feature)
      : [],
  );
}

const sentBy = (owner: string, stream: Stream): readonly string[] =>
  stream.flatMap(({ by, record }) =>
    by === owner && record.kind === "rows" ? record.rows.map((row) => row.feature) : [],
  );

describe("a source with two processes", () => {
  it("is polled by one of them, and by the other within a second and a half when the first one dies", async () => {
    const { url, options } = await newSource();
    const stream: Stream = [];
    const first = startProcess("first", options, stream);
    await eventually(() => expect(first.sink.ticks.length).toBeGreaterThan(0));
    const second = startProcess("second", options, stream);
    await sql(url, rowsOf(10, "before"));
    await eventually(() => expect(sentBy("first", stream)).toHaveLength(10));
    expect(second.sink.records).toEqual([]);
    expect(await second.metric("held")).toBe(0);
    expect(second.poller.health()).toEqual({ ok: true });

    // As a dead process: it neither asks, nor sends, nor releases.
    first.lease.take = () => new Promise(() => undefined);
    first.sink.before = () => new Promise(() => undefined);
    running.splice(running.indexOf(first), 1);
    const before = second.asked();
    await eventually(async () => expect(await second.metric("held")).toBe(1));
    expect(second.asked() - before).toBeLessThanOrEqual(6);
    await eventually(() => expect(second.sink.ticks.length).toBeGreaterThan(0));
    await sql(url, rowsOf(10, "after"));
    // A window whose end was not stored yet is sent again.
    await eventually(() => expect(sentBy("second", stream)).toContain("after10"));
    expect(new Set(taken(stream)).size).toBe(20);
    expect(taken(stream)).toHaveLength(20);
  });

  it("is handed over at once by a stop", async () => {
    const { options } = await newSource();
    const stream: Stream = [];
    const first = startProcess("first", options, stream);
    await eventually(() => expect(first.sink.ticks.length).toBeGreaterThan(0));
    const second = startProcess("second", options, stream);
    await first.poller.stop();
    const before = second.asked();
    await eventually(async () => expect(await second.metric("held")).toBe(1));
    // One question may have been under way.
    expect(second.asked() - before).toBeLessThanOrEqual(2);
    await eventually(() => expect(second.sink.ticks.length).toBeGreaterThan(0));
  });

  it("loses and repeats nothing when the one that was paused in a window goes on sending it", async () => {
    const { url, options } = await newSource();
    const stream: Stream = [];
    const gate = new EventEmitter();
    const first = startProcess("first", options, stream);
    await eventually(() => expect(first.sink.ticks.length).toBeGreaterThan(0));
    // As if stopped by a signal in the middle of the third page.
    let pages = 0;
    const take = first.lease.take.bind(first.lease);
    first.sink.before = async (records) => {
      if (!records.some((record) => record.kind === "rows")) return;
      pages += 1;
      if (pages !== 3) return;
      first.lease.take = async () => {
        await once(gate, "woken");
        return take();
      };
      gate.emit("paused");
      await once(gate, "woken");
    };
    const paused = once(gate, "paused");
    await sql(url, rowsOf(1000, "a"));
    await paused;
    startProcess("second", options, stream);
    await eventually(() => expect(sentBy("second", stream)).toHaveLength(1000));
    await sql(url, rowsOf(50, "b"));
    await eventually(() => expect(sentBy("second", stream)).toHaveLength(1050));

    const until = stream.length;
    gate.emit("woken");
    await eventually(async () => expect(await first.metric("held")).toBe(0));
    expect(sentBy("first", stream.slice(until)).length).toBeGreaterThanOrEqual(100);
    await sql(url, rowsOf(10, "c"));
    await eventually(() => expect(sentBy("second", stream)).toHaveLength(1060));
    const rows = taken(stream);
    expect(rows).toHaveLength(1060);
    expect(new Set(rows).size).toBe(1060);
    // A window of its own it could not open any more.
    expect(sentBy("first", stream).filter((feature) => !feature.startsWith("a"))).toEqual([]);
    expect(first.poller.health()).toEqual({ ok: true });
  });

  it("is sent on from the last acknowledged row when the event loop was late in a window and nobody took it", async () => {
    const { url, options } = await newSource();
    const stream: Stream = [];
    const only = startProcess("only", options, stream);
    await eventually(() => expect(only.sink.ticks.length).toBeGreaterThan(0));
    // At every third page nothing of the process goes on for two leases.
    const take = only.lease.take.bind(only.lease);
    let late = Promise.resolve();
    only.lease.take = async () => {
      await late;
      return take();
    };
    let pages = 0;
    only.sink.before = async (records) => {
      if (!records.some((record) => record.kind === "rows")) return;
      pages += 1;
      if (pages % 3 === 0) late = systemClock.sleep(ttlMs * 2);
      await late;
    };
    await sql(url, rowsOf(1000, "s"));
    await eventually(() => expect(taken(stream)).toHaveLength(1000));
    expect(sentBy("only", stream)).toHaveLength(1000);
    expect(await only.metric("takeovers_total")).toBeGreaterThan(1);
    await sql(url, rowsOf(10, "t"));
    await eventually(() => expect(taken(stream)).toHaveLength(1010));
  });

  it("is read on by a process that was paused and whose place nobody took", async () => {
    const { url, options } = await newSource();
    const stream: Stream = [];
    const only = startProcess("only", options, stream);
    await eventually(() => expect(only.sink.ticks.length).toBeGreaterThan(0));
    const take = only.lease.take.bind(only.lease);
    only.lease.take = async () => {
      await systemClock.sleep(ttlMs * 2);
      only.lease.take = take;
      return take();
    };
    await eventually(async () => expect(await only.metric("takeovers_total")).toBe(2));
    await sql(url, rowsOf(10, "d"));
    await eventually(() => expect(taken(stream)).toHaveLength(10));
    await eventually(() => expect(only.poller.health()).toEqual({ ok: true }));
  });
});
