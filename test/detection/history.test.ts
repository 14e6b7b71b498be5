import { describe, expect, it } from "vitest";
import type { PastAttribution } from "../../src/detection/attribution-recorder.ts";
import { PartitionEngine } from "../../src/detection/engine.ts";
import { churn, indexOf, rowsAt, rowsRecord, settings, tickAt, vectors } from "./streams.ts";

const vectorOf = vectors(4);

function run(): {
  readonly past: readonly PastAttribution[];
  readonly events: ReturnType<PartitionEngine["apply"]>;
} {
  const past: PastAttribution[] = [];
  const engine = new PartitionEngine(settings(), { take: (one) => void past.push(one) });
  const records = Array.from({ length: 320 }, (_, i) => {
    const { f1, ...rest } = vectorOf(i);
    const vector = i === 250 ? rest : { ...rest, f1: f1! * (i < 300 ? 1 : 0.1) };
    return [rowsRecord(i, rowsAt(i, vector)), tickAt(i + 0.5)];
  }).flat();
  return { past, events: records.flatMap((record, offset) => engine.apply(offset, record)) };
}

/** What f1 was and was expected to be. */
function ofF1({ names, shares, low, high }: PastAttribution) {
  const slot = names.indexOf("f1");
  return { share: shares[slot], low: low[slot], high: high[slot] };
}

describe("the history of a model", () => {
  const { past, events } = run();

  it("has every attribution, as parts of the attention that hardly differ from shares while nothing is wrong", () => {
    expect(past.map(({ at }) => indexOf(at))).toEqual(Array.from({ length: 320 }, (_, i) => i));
    for (const { model, shares } of past) {
      expect(model).toBe(churn);
      for (const share of shares) expect(share).not.toBeGreaterThan(1);
    }
    const quiet = past.filter(({ at }) => indexOf(at) > 100 && indexOf(at) < 250);
    for (const { shares } of quiet) {
      const sum = shares.reduce((total, share) => total + share, 0);
      expect(Math.abs(sum - 1)).toBeLessThan(0.2);
    }
  });

  it("has a gap where a feature is absent, and no band before there is one", () => {
    expect(ofF1(past[250]!).share).toBeNaN();
    expect(ofF1(past[5]!).low).toBeNaN();
  });

  it("says of the moment at which an episode opened what the episode says", () => {
    const [opened] = events.filter((event) => event.type === "episode_opened");
    const [blamed] = opened!.features;
    const then = ofF1(past.find(({ at }) => at === opened!.at)!);
    expect(blamed?.feature).toBe("f1");
    expect(then.share).toBeCloseTo(blamed!.after!, 6);
    expect(then.low).toBeCloseTo(blamed!.low!, 6);
    expect(then.high).toBeCloseTo(blamed!.high!, 6);
  });

  it("keeps what was expected while the episode lasts", () => {
    const bands = past.slice(301, 320).map((one) => ofF1(one).high!);
    for (const high of bands) expect(high / bands[0]!).toBeCloseTo(1, 1);
  });
});
