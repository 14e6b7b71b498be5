import { describe, expect, it } from "vitest";
import { detectorTypes } from "../../detectors/index.ts";
import { detectorSet } from "../../src/detection/default-detectors.ts";
import { PartitionEngine } from "../../src/detection/engine.ts";
import type { DetectionEvent } from "../../src/detection/event.ts";
import {
  defaultDecision,
  defaultRetireAfterUs,
  defaultSource,
} from "../../src/detection/settings.ts";
import { modelKey, modelName } from "../../src/model-key.ts";
import { type StoryRow, storyRows } from "../../src/sandbox/story/rows.ts";
import { passed, scorecard, type TicketSeen } from "../../src/sandbox/story/scorecard.ts";
import { cadenceMs, historySteps, models, storySteps } from "../../src/sandbox/story/script.ts";
import type { Row, StreamRecord } from "../../src/stream/record.ts";

const originMs = Date.UTC(2026, 2, 2, 12);
const seeds = Array.from({ length: 20 }, (_, place) => place + 1);

const keyOf = (model: string): string =>
  modelKey({ tenant: "default", environment: "demo", source: "main", model });

function byModel(rows: readonly StoryRow[]): Map<string, Row[]> {
  const grouped = new Map<string, Row[]>();
  rows.forEach((row, tid) => {
    const list = grouped.get(row.model) ?? [];
    list.push({ ts: row.atMs * 1000, feature: row.feature, importance: row.importance, tid });
    grouped.set(row.model, list);
  });
  return grouped;
}

/** @yields the records a poller would have sent for the whole story */
function* storyRecords(seed: number): Generator<StreamRecord> {
  const story = storyRows(seed, originMs);
  const past = Array.from({ length: historySteps }, (_, step) =>
    story.at(step - historySteps),
  ).flat();
  for (const [model, rows] of byModel(past)) {
    yield { kind: "history", model: keyOf(model), source: "main", rows, last: true };
  }
  for (let step = 0; step <= storySteps; step += 1) {
    const nowUs = (originMs + step * cadenceMs + 10_000) * 1000;
    for (const [model, rows] of byModel(story.at(step))) {
      yield { kind: "rows", model: keyOf(model), source: "main", level: 0, window: step + 1, rows };
    }
    yield { kind: "tick", source: "main", watermark: nowUs, clock: nowUs };
    for (const { model, change } of models) {
      if (change.retrain?.step !== step) continue;
      yield { kind: "marker", id: `m${step}`, model: keyOf(model), at: nowUs, marker: "retrain" };
    }
  }
}

function play(seed: number): readonly DetectionEvent[] {
  const engine = new PartitionEngine({
    detectors: detectorSet(detectorTypes, { sensitivity: "normal" }),
    source: () => defaultSource,
    decision: defaultDecision,
    maxModels: 100,
    maxNewModelsPerHour: 100,
    retireAfterUs: defaultRetireAfterUs,
    maxFeatures: 100,
  });
  return [...storyRecords(seed)].flatMap((record, offset) => [...engine.apply(offset, record)]);
}

describe("the demo's story", () => {
  it.each(seeds)("with seed %i has every fault found and blamed, and nothing else", (seed) => {
    const events = play(seed);
    const tickets = events.flatMap((event): TicketSeen[] => {
      if (event.type !== "episode_opened") return [];
      const { model } = modelName(event.model);
      return [{ summary: `${model}: ${event.features[0]?.feature ?? ""}`, atMs: event.at / 1000 }];
    });
    const card = scorecard(tickets, { originMs, runs: 0 });
    expect(card).toMatchObject({ detected: 3, missed: 0, false_tickets: 0, harmless_silent: 2 });
    expect(passed(card)).toBe(true);
    const closed = events.filter((event) => event.type === "episode_closed");
    expect(closed.map((event) => event.cause).toSorted()).toEqual([
      "marker",
      "recovered",
      "recovered",
    ]);
  });
});
