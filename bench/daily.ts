/** Section `daily`: which faults are found in models that are explained once a day. */
import { detectorTypes } from "../detectors/index.ts";
import { modelName } from "../src/model-key.ts";
import { replayRows } from "../src/replay/replay.ts";
import { type AttributionScore, scoreEpisodes } from "./attribution-score.ts";
import { type DailyPlan, dailyStreams } from "./daily-streams.ts";
import { type BenchLine, benchLine, progress } from "./line.ts";

/** One quiet month at the beginning, and one after every fault. */
const year: DailyPlan = {
  models: 16,
  places: [60, 105, 150, 195, 240, 285, 330],
  warmUp: 30,
  days: 365,
};

/** Each model has one fault, on one of these days of the first weeks: findings are provisional then. */
const early = [15, 25, 40];

const sensitivities = ["low", "normal", "high"] as const;

/** Takes about ten seconds. */
export async function benchDaily(): Promise<readonly BenchLine[]> {
  progress("generated daily streams");
  const lines: BenchLine[] = [];
  for (const [i, score] of (await scoresOf(year)).entries()) {
    const about = `${sensitivities[i]}, a year of ${year.models} generated models`;
    lines.push(
      line(`${about}: events found`, score.recall, "part"),
      line(`${about}: false episodes a model-year`, score.falsePerModelWeek * 52, "episodes"),
      line(`${about}: median delay`, score.medianDelay, "days"),
      line(`${about}: first blamed is guilty`, score.blameTop1, "part"),
      line(`${about}: F1`, score.f1, ""),
    );
  }
  for (const day of early) lines.push(...(await earlyLines(day)));
  return lines;
}

async function earlyLines(day: number): Promise<readonly BenchLine[]> {
  const plan = { models: 64, places: [day], warmUp: 14, days: 60 };
  const scores = await scoresOf(plan);
  return scores.flatMap((score, i) => {
    const about = `${sensitivities[i]}, ${plan.models} models with a fault on day ${day}`;
    return [
      line(`${about}: found`, score.recall, "part"),
      line(`${about}: false episodes a model-year`, score.falsePerModelWeek * 52, "episodes"),
    ];
  });
}

async function scoresOf(plan: DailyPlan): Promise<readonly AttributionScore[]> {
  const { sources, truth } = dailyStreams(plan);
  const settings = sensitivities.map((sensitivity) => ({ detectorTypes, sensitivity }));
  const replays = await replayRows({ sources }, settings);
  return replays.map(({ episodes }) => {
    const opened = episodes.map(({ opened: { model, at, features } }) => ({
      model: modelName(model).model,
      start: at / 1e6,
      features: features.map(({ feature }) => feature),
    }));
    return scoreEpisodes(opened, truth);
  });
}

const line = (name: string, value: number | null, unit: string): BenchLine =>
  benchLine({ section: "daily", name, value: value ?? Number.NaN, unit });
