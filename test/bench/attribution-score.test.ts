import { describe, expect, it } from "vitest";
import { scoreEpisodes } from "../../bench/attribution-score.ts";
import type { Truth, TruthEvent } from "../../bench/attribution-truth.ts";

const cadence = 600;
const weekSeconds = 604_800;

/** Attributions `from` to `to` of the only model. */
function event(from: number, to: number, changes: Partial<TruthEvent> = {}): TruthEvent {
  return {
    id: `e${from}`,
    model: "churn",
    kind: "null_column",
    start: from * cadence,
    end: to * cadence,
    onset: from * cadence,
    harmful: true,
    detectable: true,
    features: ["age"],
    blame_clear: true,
    magnitude: { snr: 10 },
    ...changes,
  };
}

const truth = (...events: readonly TruthEvent[]): Truth => ({
  models: [
    { model: "churn", cadence_minutes: 10, scored_from: 100 * cadence, end: 2116 * cadence },
  ],
  events,
});

const opened = (at: number, ...features: readonly string[]) => ({
  model: "churn",
  start: at * cadence,
  features,
});

describe("the score of episodes", () => {
  it("finds an event by an episode that opens in it or up to three attributions after", () => {
    const known = truth(event(500, 520));
    expect(scoreEpisodes([opened(523, "age")], known)).toMatchObject({ found: 1, medianDelay: 23 });
    expect(scoreEpisodes([opened(524, "age")], known)).toMatchObject({ found: 0 });
  });

  it("holds an episode just before or after an event against nobody", () => {
    const near = [opened(499), opened(530)];
    expect(scoreEpisodes(near, truth(event(500, 520)))).toMatchObject({
      falseEpisodes: 0,
      found: 0,
    });
    const far = [opened(498), opened(531)];
    expect(scoreEpisodes(far, truth(event(500, 520)))).toMatchObject({ falseEpisodes: 2 });
  });

  it("counts false episodes by the weeks in which nothing harmful happened", () => {
    const { modelWeeks, falsePerModelWeek } = scoreEpisodes([opened(300)], truth(event(500, 520)));
    expect(modelWeeks).toBeCloseTo(((2016 - 31) * cadence) / weekSeconds, 10);
    expect(falsePerModelWeek).toBeCloseTo(1 / modelWeeks, 10);
  });

  it("leaves warm-up out", () => {
    expect(scoreEpisodes([opened(99)], truth(event(500, 520)))).toMatchObject({ falseEpisodes: 0 });
  });

  it("counts an episode in a harmless change against precision, not as a false one", () => {
    const known = truth(event(500, 520), event(700, 720, { harmful: false, detectable: null }));
    const score = scoreEpisodes([opened(500, "age"), opened(710)], known);
    expect(score).toMatchObject({ falseEpisodes: 0, harmlessTrips: 1, recall: 1, precision: 0.5 });
    expect(score.f1).toBeCloseTo(2 / 3, 10);
  });

  it("counts what may be reported or not nowhere", () => {
    const known = truth(event(700, 720, { harmful: null, detectable: null }));
    expect(scoreEpisodes([opened(710)], known)).toMatchObject({
      falseEpisodes: 0,
      harmlessTrips: 0,
    });
  });

  it("takes the first episode of an event for its blame, and later ones as repeats", () => {
    const episodes = [opened(502, "income", "age"), opened(510, "age")];
    expect(scoreEpisodes(episodes, truth(event(500, 520)))).toMatchObject({
      blameTop1: 0,
      blameTop3: 1,
      repeats: 1,
    });
  });

  it("leaves events that cannot be measured out of recall", () => {
    const known = truth(event(500, 520), event(700, 720, { detectable: false }));
    expect(scoreEpisodes([opened(500, "age")], known)).toMatchObject({ events: 1, recall: 1 });
  });
});
