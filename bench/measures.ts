/** Section `measures`: the main figures of detection on data that was not used for tuning, with their spread. */
import { mean, sampleStandardDeviation } from "simple-statistics";
import { detectorTypes } from "../detectors/index.ts";
import type { Sensitivity } from "../detectors/preset.ts";
import { type AttributionScore, type ScoredEpisode, scoreEpisodes } from "./attribution-score.ts";
import type { Truth } from "./attribution-truth.ts";
import { dataPath } from "./data-folder.ts";
import { habitFigures, habitStreams } from "./habit-streams.ts";
import { episodesIn, filedSet, type ImportanceSet } from "./importance-sets.ts";
import { type BenchLine, benchLine, progress } from "./line.ts";
import { alarmsOfNoise, noises } from "./noise.ts";
import { plainRuleEpisodes } from "./plain-rule.ts";
import { simulatedStreams } from "./simulated-streams.ts";

const sensitivities = ["low", "normal", "high"] as const;
/** Seeds of the realisations of the simulated streams. */
const seeds = [1, 2, 3, 4, 5];

const figures = {
  "events found": (score: AttributionScore) => score.recall,
  "false episodes a model-week": (score: AttributionScore) => score.falsePerModelWeek,
  F1: (score: AttributionScore) => score.f1,
  "first blamed is guilty": (score: AttributionScore) => score.blameTop1 ?? Number.NaN,
  "first blamed is guilty, where it is clear": (score: AttributionScore) =>
    score.blameTop1Clear ?? Number.NaN,
} as const;

/** Takes two or three minutes. */
export async function benchMeasures(): Promise<readonly BenchLine[]> {
  return [
    ...(await leftOutDataSets()),
    ...(await simulatedLines()),
    ...Object.keys(noises).map((noise) => noiseLine(noise)),
    habitsLine(),
  ];
}

interface Judged {
  readonly truth: Truth;
  readonly episodes: Readonly<Record<Sensitivity, readonly ScoredEpisode[]>>;
}

async function judged(set: ImportanceSet): Promise<Judged> {
  const settings = sensitivities.map((sensitivity) => ({ detectorTypes, sensitivity }));
  const [low = [], normal = [], high = []] = await episodesIn(set, settings);
  return { truth: set.truth, episodes: { low, normal, high } };
}

/** Leaves out one data set at a time, with both runs and the fresh one. The sensitivity is chosen on the others. */
async function leftOutDataSets(): Promise<readonly BenchLine[]> {
  const folders = ["attribution", "attribution-fresh"].map((name) => dataPath(name));
  const sets: Judged[] = [];
  for (const folder of folders) {
    if (folder === undefined) return [];
    progress(`measures, ${folder}`);
    sets.push(await judged(await filedSet(folder)));
  }
  const names = sets.flatMap(({ truth }) => truth.models.map(({ model }) => dataSetOf(model)));
  const held = [...new Set(names)].map((name) => {
    const others = parts(sets, (model) => dataSetOf(model) !== name);
    const best = sensitivities.toSorted((a, b) => pooled(others, b).f1 - pooled(others, a).f1)[0]!;
    return { best, parts: parts(sets, (model) => dataSetOf(model) === name) };
  });
  const each = held.map(({ best, parts: own }) => pooled(own, best));
  return Object.entries(figures).map(([name, of]) =>
    spreadLine(`importance streams, left-out data sets: ${name}`, each.map(of)),
  );
}

const dataSetOf = (model: string): string => model.replace(/-2$/, "");

function parts(sets: readonly Judged[], taken: (model: string) => boolean): readonly Judged[] {
  return sets.map(({ truth, episodes }) => ({
    truth: {
      models: truth.models.filter(({ model }) => taken(model)),
      events: truth.events.filter(({ model }) => taken(model)),
    },
    episodes,
  }));
}

/** The score of several sets together. Models with the same name in different sets are different models. */
function pooled(sets: readonly Judged[], sensitivity: Sensitivity): AttributionScore {
  const renamed = sets.map(({ truth, episodes }, place) => ({
    models: truth.models.map((one) => ({ ...one, model: `${place} ${one.model}` })),
    events: truth.events.map((one) => ({ ...one, model: `${place} ${one.model}` })),
    episodes: episodes[sensitivity].map((one) => ({ ...one, model: `${place} ${one.model}` })),
  }));
  return scoreEpisodes(
    renamed.flatMap(({ episodes }) => episodes),
    {
      models: renamed.flatMap(({ models }) => models),
      events: renamed.flatMap(({ events }) => events),
    },
  );
}

/**
 * Scores streams that are drawn for this run. The plain rule shows how hard they are, compared with the labelled ones.
 */
async function simulatedLines(): Promise<readonly BenchLine[]> {
  const scores: Record<Sensitivity, AttributionScore[]> = { low: [], normal: [], high: [] };
  const plain: number[] = [];
  for (const seed of seeds) {
    progress(`measures, simulated streams ${seed}`);
    const set = simulatedStreams(seed);
    const { episodes } = await judged(set);
    for (const sensitivity of sensitivities)
      scores[sensitivity].push(scoreEpisodes(episodes[sensitivity], set.truth));
    plain.push(scoreEpisodes(await plainRuleEpisodes(set.sources), set.truth).f1);
  }
  const lines = Object.entries(figures).map(([name, of]) =>
    spreadLine(`simulated streams: ${name}`, scores.normal.map(of)),
  );
  return [
    ...lines,
    ...sensitivities.flatMap((sensitivity) => dialLines(sensitivity, scores[sensitivity])),
    spreadLine("simulated streams: F1 of the plain rule of 3 deviations", plain),
  ];
}

/** The recall and the false episodes of one sensitivity. */
const dialLines = (
  sensitivity: Sensitivity,
  scores: readonly AttributionScore[],
): readonly BenchLine[] =>
  (["events found", "false episodes a model-week"] as const).map((name) =>
    spreadLine(`simulated streams at ${sensitivity}: ${name}`, scores.map(figures[name])),
  );

function noiseLine(noise: string): BenchLine {
  progress(`measures, ${noise} noise`);
  return spreadLine(
    `alarms of ${noise} noise in 70 days at normal`,
    alarmsOfNoise(noise, "normal"),
  );
}

function habitsLine(): BenchLine {
  progress("measures, habits");
  const perSeed = seeds.map((seed) =>
    habitStreams.reduce((sum, stream) => sum + habitFigures(stream, seed).falseEpisodes.length, 0),
  );
  return spreadLine(
    `${habitStreams.length} healthy streams with habits, six weeks each: episodes`,
    perSeed,
  );
}

/** A line with the mean as value, and the deviation over realisations in its name. */
function spreadLine(name: string, values: readonly number[]): BenchLine {
  const known = values.filter(Number.isFinite);
  const spread = Number(sampleStandardDeviation(known).toPrecision(2));
  return benchLine({
    section: "measures",
    name: `${name} (deviation of ${known.length}: ${spread})`,
    value: mean(known),
    unit: "mean",
  });
}
