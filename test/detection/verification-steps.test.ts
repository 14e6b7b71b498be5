/** FR-M2: the steps of a question about a run, where the stream of a whole model would hide the border. */
import { describe, expect, it } from "vitest";
import {
  answer,
  ask,
  observe,
  type VerificationState,
} from "../../src/detection/episode/verification.ts";
import type { VerifyRecord } from "../../src/stream/record.ts";
import { churn } from "./streams.ts";

const question: VerifyRecord = {
  kind: "verify",
  run: "run-1",
  model: churn,
  since: 100,
  notBefore: 200,
  minAttributions: 3,
  giveUpCadences: 1000,
};

/** A question, and attributions at these times, of which the clean ones are named. */
function seen(times: readonly number[], clean: readonly number[]): VerificationState {
  const state: VerificationState = { questions: [], answered: [] };
  ask(state, question);
  for (const at of times) observe(state, { at, clean: clean.includes(at) });
  return state;
}

const outcomes = (state: VerificationState, episodeOpen: boolean): readonly string[] =>
  answer(state, { now: 300, episodeOpen, cadence: 100 }).map(({ outcome }) => outcome);

const recovering = (): VerificationState => seen([210, 220, 230, 240], [230, 240]);

describe("a model that is recovering when enough was seen", () => {
  it("is waited for while its episode is open", () => {
    expect(outcomes(recovering(), true)).toEqual([]);
  });

  it("has recovered when its episode ended another way, as by a marker", () => {
    expect(outcomes(recovering(), false)).toEqual(["recovered"]);
  });
});

describe("an attribution at the run's own moment", () => {
  it("says nothing of what came after the run", () => {
    expect(outcomes(seen([100, 220, 230], [100, 220, 230]), true)).toEqual([]);
    expect(outcomes(seen([101, 220, 230], [101, 220, 230]), true)).toEqual(["recovered"]);
  });
});
