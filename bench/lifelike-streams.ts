/** Section `lifelike`: changes in the life of a model that are no fault, or have no kind of their own. */
import { detectorTypes } from "../detectors/index.ts";
import { pythonRandom } from "../detectors/stats/mt19937.ts";
import { familyOf } from "../src/model-family.ts";
import { modelKey, modelName } from "../src/model-key.ts";
import { fedReplays } from "../src/replay/replay.ts";
import { type AttributionScore, scoreEpisodes } from "./attribution-score.ts";
import type { TruthEvent } from "./attribution-truth.ts";
import { gaussian } from "./daily-streams.ts";
import { type BenchLine, benchLine, progress } from "./line.ts";

const firstAt = Date.UTC(2026, 2, 2) * 1000;
const hourUs = 3_600_000_000;
const nFeatures = 12;
const days = 60;
const warmUpDays = 10;
const models = 6;
/** Days on which a fault of two days begins. Each fault differs. */
const faultDays = [16, 24, 32, 40, 48];
const faultDaysLong = 2;

type Random = () => number;

interface Life {
  readonly name: string;
  /** Size of a nightly retrain: the deviation of the logarithm of each feature's factor. */
  readonly retrain: number;
  readonly marked: boolean;
  /** Returns the name of the model on a day. */
  readonly model?: (day: number) => string;
  /** The setting `versioned_names` of the source. */
  readonly versionedNames?: string;
}

const lives: readonly Life[] = [
  { name: "retrained nightly, unmarked", retrain: 0.12, marked: false },
  { name: "retrained nightly, marked", retrain: 0.12, marked: true },
  {
    name: "a new versioned name each week",
    retrain: 0,
    marked: false,
    model: (day) => `v${Math.floor(day / 7)}`,
  },
  {
    name: "the same with versioned_names",
    retrain: 0,
    marked: false,
    model: (day) => `v${Math.floor(day / 7)}`,
    versionedNames: "{name}v{version}",
  },
];

/** Takes a few seconds. */
export function benchLifelike(): Promise<readonly BenchLine[]> {
  progress("retrains, versions, sign flips and unanswered faults");
  const lines = lives.flatMap((life) => {
    const { recall, falsePerModelWeek } = lifeScore(life);
    return [
      line(`${life.name}: events found`, recall, "part"),
      line(`${life.name}: false episodes a model-month`, falsePerModelWeek * 4.35, "episodes"),
    ];
  });
  return Promise.resolve([...lines, ...faultLines()]);
}

/** Hourly models with a fault every eighth day, which halves or triples a feature of the upper half. */
function lifeScore(life: Life): AttributionScore {
  const { feeds, replays } = fedReplays([{ detectorTypes }]);
  const truths = [...Array(models).keys()].map((index) => {
    const random = pythonRandom(300 + index);
    const family = familyOf(life.versionedNames);
    const name = (day: number): string => family(`life-${index}${life.model?.(day) ?? ""}`);
    const markers = life.marked
      ? Array.from({ length: days }, (_, day) => ({
          model: keyOf(name(day)),
          at: firstAt + day * 24 * hourUs,
          marker: "retrain",
        }))
      : [];
    const feed = feeds.feed(`life-${index}`, markers);
    let weights: readonly number[] = [];
    for (let slot = 0; slot < days * 24; slot++) {
      const day = Math.floor(slot / 24);
      if (slot % 24 === 0) weights = weightsOf(life.retrain, random);
      const ts = firstAt + slot * hourUs + Math.floor(5e6 * random());
      const vector = faulty(noisy(weights, random), day);
      for (const [k, importance] of vector.entries())
        feed.take(keyOf(name(day)), { ts, feature: `f${k}`, importance, tid: slot * 100 + k });
    }
    feed.end();
    return truthOf(`life-${index}`);
  });
  const all = replays.flatMap((replay) => replay.episodes);
  const episodes = all.map(({ opened: { model, at, features } }) => ({
    model: modelName(model).model.replace(/v\d+$/, ""),
    start: at / 1e6,
    features: features.map(({ feature }) => feature),
  }));
  return scoreEpisodes(episodes, {
    models: truths.map(({ model }) => model),
    events: truths.flatMap(({ events }) => events),
  });
}

const keyOf = (model: string): string =>
  modelKey({ tenant: "", environment: "", source: "", model });

const weightsOf = (spread: number, random: Random): readonly number[] =>
  Array.from({ length: nFeatures }, (_, k) => Math.exp(-0.28 * k + spread * gaussian(random)));

const noisy = (weights: readonly number[], random: Random): number[] =>
  weights.map((weight) => weight * Math.exp(0.06 * gaussian(random)));

function faulty(vector: number[], day: number): number[] {
  const place = faultDays.findIndex((from) => day >= from && day < from + faultDaysLong);
  if (place < 0) return vector;
  return vector.with(place, vector[place]! * (place % 2 === 0 ? 0.2 : 3));
}

const secondsOf = (day: number): number => (firstAt + day * 24 * hourUs) / 1e6;

function truthOf(model: string) {
  const events = faultDays.map(
    (day, place): TruthEvent => ({
      id: `${model}-${day}`,
      model,
      kind: "shift",
      start: secondsOf(day),
      end: secondsOf(day + faultDaysLong) - 3600,
      onset: secondsOf(day),
      harmful: true,
      detectable: true,
      features: [`f${place}`],
      blame_clear: true,
      magnitude: {},
    }),
  );
  const known = {
    model,
    cadence_minutes: 60,
    scored_from: secondsOf(warmUpDays),
    end: secondsOf(days),
  };
  return { model: known, events };
}

/** Tests a sign flip, and whether a fault without an answer is still open after 300 attributions. */
function faultLines(): readonly BenchLine[] {
  const flipped = afterChange((vector) => vector.with(1, -vector[1]!), 40);
  const unanswered = afterChange((vector) => vector.with(1, 0.1 * vector[1]!), 330);
  const open = unanswered.filter(({ closed }) => closed === undefined).length;
  return [
    line("a sign flip of a signed feature: found", flipped.length > 0 ? 1 : 0, "of 1"),
    line(
      "a fault that nobody answers, after 300 attributions: still open",
      open > 0 ? 1 : 0,
      "of 1",
    ),
  ];
}

function afterChange(change: (vector: number[]) => number[], lasts: number) {
  const { feeds, replays } = fedReplays([{ detectorTypes }]);
  const feed = feeds.feed("life", []);
  const random = pythonRandom(5);
  const settled = 500;
  const weights = weightsOf(0, random).map((weight, k) => (k % 3 === 2 ? -weight : weight));
  for (let slot = 0; slot < settled + lasts; slot++) {
    const vector = noisy(weights, random);
    const ts = firstAt + slot * hourUs;
    for (const [k, importance] of (slot < settled ? vector : change(vector)).entries())
      feed.take(keyOf("life"), { ts, feature: `f${k}`, importance, tid: slot * 100 + k });
  }
  feed.end();
  const episodes = replays.flatMap((replay) => replay.episodes);
  return episodes.filter(({ opened }) => opened.at >= firstAt + settled * hourUs);
}

const line = (name: string, value: number, unit: string): BenchLine =>
  benchLine({ section: "lifelike", name, value, unit });
