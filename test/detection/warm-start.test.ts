import { beforeEach, describe, expect, it } from "vitest";
import type { StreamRecord } from "../../src/stream/record.ts";
import { churn, rowsAt, rowsRecord, tickAt, type Vector, vectors, World } from "./streams.ts";

/** Each test sees the stream from its beginning, whatever ran before. */
let vectorOf: (i: number) => Vector;
beforeEach(() => {
  vectorOf = vectors(6, () => 0.02);
});
const collapsed = (i: number): Vector => {
  const vector = vectorOf(i);
  return { ...vector, f1: vector["f1"]! * 0.1 };
};

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly of?: (i: number) => Vector;
  readonly last?: boolean;
}

const history = ({ from, to, of = vectorOf, last = false }: Stretch): StreamRecord => ({
  kind: "history",
  model: churn,
  source: "main",
  rows: Array.from({ length: to - from }, (_, i) => rowsAt(from + i, of(from + i))).flat(),
  last,
});

const faultyFrom = (first: number, end: number) => (i: number) =>
  i >= first && i < end ? collapsed(i) : vectorOf(i);

describe("a warm start from history", () => {
  it("knows what a run knows that got the same rows as they came", () => {
    // The generator draws in order, so both worlds get the same vectors.
    const known = Array.from({ length: 300 }, (_, i) => faultyFrom(200, 220)(i));
    const of = (i: number): Vector => known[i] ?? {};
    const live = new World().run(0, 300, of);
    const warm = new World();
    for (let i = 0; i < 300; i += 50)
      warm.apply(history({ from: i, to: i + 50, of, last: i === 250 }));
    warm.apply(tickAt(299.5));
    const [a] = live.engine.takeDirty(1e9);
    const [b] = warm.engine.takeDirty(1e9);
    expect(warm.events).toEqual([]);
    expect(live.opened).toHaveLength(1);
    expect([...warm.engine.models()]).toEqual([...live.engine.models()]);
    expect(numbers(b!.state)).toEqual(numbers(a!.state));
  });

  it("is not spoilt by a row of 2090, which is counted at the first tick", () => {
    const world = new World();
    const of = vectors(7);
    world.apply(history({ from: 0, to: 100, of }));
    const ts = Date.UTC(2090, 0) * 1000;
    world.apply(rowsRecord(0, [{ ts, feature: "f0", importance: 1, tid: 1 }]));
    world.apply(history({ from: 100, to: 100, last: true }));
    world.apply(tickAt(100));
    expect(world.engine.counters.dropped.future).toBe(1);
    const { attributions, dropped } = world.engine.counters;
    world.run(101, 110, of);
    expect(world.engine.counters.attributions - attributions).toBe(9);
    expect(world.engine.counters.dropped).toEqual(dropped);
    expect(world.events).toEqual([]);
  });

  it("never opens what ended before the first start", () => {
    const world = new World();
    world.apply(history({ from: 0, to: 300, of: faultyFrom(200, 220), last: true }));
    world.run(300, 350, vectorOf);
    expect(world.events).toEqual([]);
  });

  it("opens at the first live attribution what was still going on", () => {
    const world = new World();
    world.apply(history({ from: 0, to: 300, of: faultyFrom(280, 300), last: true }));
    expect(world.events).toEqual([]);
    world.run(300, 320, collapsed);
    expect(world.opened).toHaveLength(1);
    expect(world.opened[0]?.newestRow).toBe(rowsAt(300, { f1: 1 })[0]?.ts);
    expect(world.opened[0]?.features[0]?.feature).toBe("f1");
  });

  it("is not disturbed by ticks that come in between", () => {
    const world = new World();
    world.apply(history({ from: 0, to: 150 }));
    world.apply(tickAt(10_000));
    world.apply(history({ from: 150, to: 300, last: true }));
    expect(world.events).toEqual([]);
    expect([...world.engine.models()][0]?.learned).toBe(300);
  });

  it("takes a record of history once, however often it is sent", () => {
    const world = new World();
    world.apply(history({ from: 0, to: 100 }));
    world.apply(history({ from: 0, to: 100 }));
    world.apply(history({ from: 100, to: 200, last: true }));
    expect([...world.engine.models()][0]?.learned).toBe(200);
  });
});

/** The memory behind the header of a state. */
function numbers(state: Uint8Array): Uint8Array {
  return state.subarray(4 + new DataView(state.buffer, state.byteOffset).getUint32(0, true));
}
