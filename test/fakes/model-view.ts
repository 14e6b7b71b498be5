/** A healthy model, as the API shows it. */
import type { ModelView } from "../../src/detection/engine.ts";

const scores = Array.from({ length: 6 }, (_, index) => ({ detector: `d-${index}`, score: index }));

export function modelView(model: string): ModelView {
  return {
    model,
    source: "main",
    lastAt: 1_767_225_600_000_000,
    learned: 4032,
    warmUp: undefined,
    cadence: 300_000_000,
    features: 50,
    total: 12.5,
    openEpisode: undefined,
    scores,
    silent: false,
    unhealthy: false,
  };
}
