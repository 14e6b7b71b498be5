/** Section `daily`: what is found in models that are explained once a day. */
import { detectorTypes } from "../detectors/index.ts";
import { replayRows } from "../src/cli/replay-engine.ts";
import { modelName } from "../src/stream/model-key.ts";
import { scoreEpisodes } from "./attribution-score.ts";
import { dailyStreams } from "./daily-streams.ts";
import { type BenchLine, benchLine, progress } from "./line.ts";

const models = 16;

/** A few seconds. */
export async function benchDaily(): Promise<readonly BenchLine[]> {
  progress("generated daily streams");
  const { sources, truth } = dailyStreams(models);
  const sensitivities = ["low", "normal", "high"] as const;
  const settings = sensitivities.map((sensitivity) => ({ detectorTypes, sensitivity }));
  const replays = await replayRows({ sources }, settings);
  return replays.flatMap(({ episodes }, i) => {
    const opened = episodes.map(({ opened: { model, at, features } }) => ({
      model: modelName(model).model,
      start: at / 1e6,
      features: features.map(({ feature }) => feature),
    }));
    const score = scoreEpisodes(opened, truth);
    const line = (name: string, value: number | null, unit: string): BenchLine =>
      benchLine({
        section: "daily",
        name: `${sensitivities[i]}, a year of ${models} generated models: ${name}`,
        value: value ?? Number.NaN,
        unit,
      });
    return [
      line("events found", score.recall, "part"),
      line("false episodes a model-year", score.falsePerModelWeek * 52, "episodes"),
      line("median delay", score.medianDelay, "days"),
      line("first blamed is guilty", score.blameTop1, "part"),
      line("F1", score.f1, ""),
    ];
  });
}
