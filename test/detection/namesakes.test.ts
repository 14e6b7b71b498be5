import { fc, test } from "@fast-check/vitest";
import { describe, expect } from "vitest";
import { PartitionEngine } from "../../src/detection/engine.ts";
import type { DetectionEvent } from "../../src/detection/event.ts";
import { fingerprint } from "../../src/incidents/fingerprint.ts";
import { modelKey } from "../../src/model-key.ts";
import type { StreamRecord } from "../../src/stream/record.ts";
import { random, rowsAt, rowsRecord, settings, tickAt, vectors } from "./streams.ts";

const keyOf = (source: string, model: string): string =>
  modelKey({ tenant: "t", environment: "e", source, model });

/** A model of a source with its ticks, which may break down, fall silent and be announced anew. */
function lifeOf(source: string, model: string, seed: number): readonly StreamRecord[] {
  const key = keyOf(source, model);
  const vectorOf = vectors(seed);
  const uniform = random(seed);
  let factor = 1;
  return Array.from({ length: 120 }, (_, i): readonly StreamRecord[] => {
    const lot = uniform();
    if (lot < 0.04) factor = lot < 0.02 ? 1 : 0.05;
    const vector = vectorOf(i);
    const rows = rowsAt(i, { ...vector, f1: vector["f1"]! * factor });
    const marker = {
      kind: "marker",
      id: `m${i}`,
      model: key,
      at: rows[0]!.ts,
      marker: "x",
    } as const;
    return [
      ...(lot > 0.95 ? [marker] : []),
      ...(lot > 0.9 ? [] : [{ ...rowsRecord(i, rows, key), source }]),
      { ...tickAt(i + 0.5), source },
    ];
  }).flat();
}

interface Past {
  readonly events: readonly DetectionEvent[];
  readonly states: ReadonlyMap<string, string>;
}

/** What comes of the records that belong to these sources, at the places they have in the whole stream. */
function past(stream: readonly StreamRecord[], sources: readonly string[]): Past {
  const engine = new PartitionEngine(settings());
  const belongs = (record: StreamRecord): boolean =>
    sources.some((source) =>
      "source" in record ? record.source === source : record.model.startsWith(`t/e/${source}/`),
    );
  const events = stream.flatMap((record, offset) =>
    belongs(record) ? [...engine.apply(offset, record)] : [],
  );
  const states = engine.takeDirty(1e9).map(({ model, state, appliedThrough }) => {
    return [model, `${appliedThrough} ${Buffer.from(state).toString("base64")}`] as const;
  });
  return { events, states: new Map(states) };
}

/** Names that would be one if they were joined carelessly. */
const names = fc.constantFrom("churn", "a/b", "b", "a", "%2F", "");

describe("two models with one name in two sources", () => {
  const seeds = fc.tuple(fc.nat(500), fc.nat(500));
  test.prop([seeds, names, fc.infiniteStream(fc.boolean())], { numRuns: 20 })(
    "two models with one name in two sources share a partition and nothing else: each decides as if alone",
    ([one, other], name, turns) => {
      const queues = [lifeOf("east", name, one), lifeOf("west", name, other)].map((life) => [
        ...life,
      ]);
      const stream: StreamRecord[] = [];
      while (queues.some((queue) => queue.length > 0)) {
        const turn = turns.next().value === true ? 0 : 1;
        const next = queues[turn]?.shift() ?? queues[1 - turn]?.shift();
        if (next !== undefined) stream.push(next);
      }
      const together = past(stream, ["east", "west"]);
      for (const source of ["east", "west"]) {
        const alone = past(stream, [source]);
        const key = keyOf(source, name);
        expect(together.events.filter(({ model }) => model === key)).toEqual(alone.events);
        expect(together.states.get(key)).toBe(alone.states.get(key));
      }
      expect([...together.states.keys()].toSorted()).toEqual([
        keyOf("east", name),
        keyOf("west", name),
      ]);
      expect(new Set(together.events.map(({ id }) => id)).size).toBe(together.events.length);
    },
  );

  const named = fc.tuple(fc.string(), fc.string());
  test.prop([named, named])(
    "have a key and a fingerprint of their own, whatever they are called",
    (one, other) => {
      const same = one[0] === other[0] && one[1] === other[1];
      const [key, otherKey] = [keyOf(...one), keyOf(...other)];
      expect(key === otherKey).toBe(same);
      const [mine, others] = [key, otherKey].map((each) =>
        fingerprint({ kind: "model", key: each }),
      );
      expect(mine === others).toBe(same);
    },
  );
});
