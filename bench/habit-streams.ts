/** Section `habits`: models that are healthy but have habits other than level and season; six weeks each. */
import { detectorTypes } from "../detectors/index.ts";
import { pythonRandom } from "../detectors/stats/mt19937.ts";
import { modelKey } from "../src/model-key.ts";
import { fedReplays, type ReplayedEpisode } from "../src/replay/replay.ts";
import { gaussian } from "./daily-streams.ts";
import { type BenchLine, benchLine, progress } from "./line.ts";

type Random = () => number;
/** The importances of one attribution by feature. NaN is a row with NaN, undefined is no row. */
type Vector = readonly (number | undefined)[];

export interface HabitStream {
  readonly name: string;
  readonly cadenceMinutes: number;
  readonly vector: (slot: number, random: Random) => Vector;
  /** The changed habit of the seventh week. */
  readonly changed?: (slot: number, random: Random) => Vector;
}

const weeks = 6;
/** The seed of the realisation that is shown stream by stream. `measures` shows the mean of other seeds. */
const shownSeed = 7;
const firstAt = Date.UTC(2026, 2, 2) * 1000;

const dense = (n: number, random: Random): number[] =>
  Array.from({ length: n }, (_, k) => Math.exp(-0.4 * k) * (1 + 0.08 * gaussian(random)));

const nanIn =
  (part: number) =>
  (_: number, random: Random): Vector =>
    dense(6, random).with(3, random() < part ? Number.NaN : dense(6, random)[3]!);
const absentIn =
  (part: number) =>
  (_: number, random: Random): Vector =>
    dense(6, random).map((value, k) => (k === 3 && random() < part ? undefined : value));
const oneHot =
  (part: number) =>
  (_: number, random: Random): Vector => [
    ...dense(4, random),
    ...Array.from({ length: 40 }, () => (random() < part ? 0.05 + 0.05 * random() : 0)),
  ];
const rounded =
  (n: number, digits: number) =>
  (_: number, random: Random): Vector =>
    dense(n, random).map((value) => Number(value.toFixed(digits)));

export const habitStreams: readonly HabitStream[] = [
  {
    name: "NaN in 30 % of one feature",
    cadenceMinutes: 60,
    vector: nanIn(0.3),
    changed: nanIn(0.95),
  },
  {
    name: "absent in 30 % of one feature",
    cadenceMinutes: 60,
    vector: absentIn(0.3),
    changed: absentIn(1),
  },
  {
    name: "4 dense, 40 one-hot, 4 % not zero",
    cadenceMinutes: 60,
    vector: oneHot(0.04),
    changed: oneHot(0.4),
  },
  {
    name: "rounded to two digits",
    cadenceMinutes: 60,
    vector: rounded(6, 2),
    changed: () => [0.9, 0.6, 0.4, 0.3, 0.2, 0.1],
  },
  { name: "rounded to one digit", cadenceMinutes: 60, vector: rounded(6, 1) },
  {
    name: "a burst on Mondays from 9 to 12",
    cadenceMinutes: 60,
    vector: (slot, random) => {
      const monday = Math.floor(slot / 24) % 7 === 0 && slot % 24 >= 9 && slot % 24 < 12;
      return dense(6, random).map((value, k) => (k === 2 && monday ? 2 * value : value));
    },
  },
];

/** Takes a few seconds. */
export function benchHabits(): Promise<readonly BenchLine[]> {
  progress("habits other than level and season");
  const lines = habitStreams.flatMap((stream) => {
    const { falseEpisodes, found } = habitFigures(stream, shownSeed);
    const about = `${stream.name}: `;
    return [
      line(`${about}episodes in ${weeks} weeks`, falseEpisodes.length, "episodes"),
      ...(found === undefined
        ? []
        : [line(`${about}the change of the habit is found`, found ? 1 : 0, "of 1")]),
    ];
  });
  return Promise.resolve(lines);
}

/** Counts the episodes while nothing changes, and whether the change is found within a week. */
export function habitFigures(
  { name, cadenceMinutes, vector, changed }: HabitStream,
  seed: number,
): {
  readonly falseEpisodes: readonly ReplayedEpisode[];
  readonly found: boolean | undefined;
} {
  const { feeds, replays } = fedReplays([{ detectorTypes }]);
  const feed = feeds.feed("habits", []);
  const model = modelKey({ tenant: "", environment: "", source: "habits", model: name });
  const random = pythonRandom(seed);
  const slotsAWeek = (7 * 1440) / cadenceMinutes;
  const until = (weeks + (changed === undefined ? 0 : 1)) * slotsAWeek;
  const end = firstAt + weeks * slotsAWeek * cadenceMinutes * 60e6;
  let tid = 0;
  for (let slot = 0; slot < until; slot++) {
    const of = slot < weeks * slotsAWeek ? vector : (changed ?? vector);
    const ts = firstAt + slot * cadenceMinutes * 60e6 + Math.floor(5e6 * random());
    for (const [k, importance] of of(slot, random).entries())
      if (importance !== undefined)
        feed.take(model, { ts, feature: `f${k}`, importance, tid: tid++ });
  }
  feed.end();
  const episodes = replays.flatMap((replay) => replay.episodes);
  return {
    falseEpisodes: episodes.filter(({ opened }) => opened.at < end),
    found: changed && episodes.some(({ opened }) => opened.at >= end),
  };
}

const line = (name: string, value: number, unit: string): BenchLine =>
  benchLine({ section: "habits", name, value, unit });
