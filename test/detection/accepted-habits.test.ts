/** FR-M2: what a marker has accepted is not said again before it has stopped once. */
import { describe, expect, it } from "vitest";
import {
  applyRules,
  noRules,
  type RuleState,
  rebaselineHabits,
} from "../../src/detection/episode/rules.ts";
import { ModelMemory } from "../../src/detection/memory.ts";
import { defaultDecision } from "../../src/detection/settings.ts";
import { cadence, start } from "./streams.ts";

/** A model of two features that a rule judges, an attribution at a time. */
function model(): {
  readonly memory: ModelMemory;
  readonly see: (value: number) => readonly string[];
  state: RuleState;
} {
  const memory = new ModelMemory({ nFeatures: 2, uses: [], raw: false });
  const state = noRules();
  let at = start;
  return {
    memory,
    state,
    see: (value) => {
      at += cadence;
      memory.value.set([value, value + 1]);
      memory.seenAt.fill(at);
      const names = ["a", "b"];
      const settings = defaultDecision;
      const input = {
        memory,
        names,
        state,
        settings,
        learned: 100,
        settled: true,
        at,
        conflicts: [],
      };
      const { evidence } = applyRules(input);
      memory.previous.set(memory.value);
      return evidence.map(({ kind }) => kind);
    },
  };
}

const times = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1);

describe("an exporter that repeats its vector", () => {
  it("is said, then accepted and not said while it goes on, and said anew after it has stopped", () => {
    const { memory, state, see } = model();
    for (const value of times(20)) see(value);
    const repeat = (value: number, count: number): readonly string[] =>
      times(count).flatMap(() => see(value));
    expect(repeat(100, 20)).toContain("frozen");
    rebaselineHabits(memory, state);
    expect(repeat(100, 40)).toEqual([]);
    expect(see(101)).toEqual([]);
    expect(repeat(102, 40)).toContain("frozen");
  });
});
