/** Section `nab`: one fixed setting for all series, without looking ahead, through the functions behind `detect`. */
import { mean } from "simple-statistics";
import type { Sensitivity } from "../detectors/preset.ts";
import { pythonRandom } from "../detectors/stats/mt19937.ts";
import { dataPath } from "./data-folder.ts";
import { type BenchLine, benchLine, progress } from "./line.ts";
import {
  alarmFigures,
  type NabRun,
  type NabSeries,
  nabScore,
  probation,
  profiles,
} from "./nab-score.ts";
import { alarmsOf, readSeries, scoresOf } from "./nab-series.ts";
import { vusPr } from "./vus-pr.ts";

/** The least scores of the standard profile. */
const bounds: Readonly<Partial<Record<Sensitivity, number>>> = { normal: 72, high: 78 };

/** On these 38 series, each detector at its own best threshold for all 58, from the benchmark's result files. */
const peers: Readonly<Record<string, number>> = {
  ARTime: 75.4,
  "context OSE": 72.9,
  "Numenta HTM": 70.2,
  "earthgecko Skyline": 61.7,
  "KNN CAD": 60.5,
  "random cut forest": 49.4,
  "windowed Gaussian": 38.4,
};

type Runs = ReadonlyMap<Sensitivity, readonly NabRun[]>;

/** Takes less than a minute. No lines without the data. */
export async function benchNab(): Promise<readonly BenchLine[]> {
  const folder = dataPath("nab");
  if (folder === undefined) return [];
  const series = readSeries(folder);
  const runs = new Map<Sensitivity, readonly NabRun[]>();
  for (const sensitivity of ["low", "normal", "high"] as const) {
    progress(`NAB, ${sensitivity}`);
    runs.set(sensitivity, await alarmsOf(folder, series, sensitivity));
  }
  return [
    ...[...runs].flatMap(([sensitivity, of]) => settingLines(sensitivity, of)),
    leaveOneGroupOut(runs),
    ...(await surfaceLines(folder, series)),
    ...randomLines(series),
    ...Object.entries(peers).map(([name, value]) =>
      line(`peer, ${name}: standard, looks ahead for its range`, value, "published"),
    ),
  ];
}

function line(name: string, value: number, unit: string): BenchLine {
  return benchLine({ section: "nab", name, value, unit });
}

function settingLines(sensitivity: Sensitivity, runs: readonly NabRun[]): readonly BenchLine[] {
  const least = bounds[sensitivity];
  const figures = alarmFigures(runs);
  const scored = Object.values(profiles).map((profile) => {
    const promised = profile.name === "standard" && least !== undefined;
    return benchLine({
      section: "nab",
      name: `${sensitivity}: ${profile.name}`,
      value: nabScore(runs, profile),
      unit: "of 100",
      ...(promised && { atLeast: least }),
    });
  });
  return [
    ...scored,
    line(`${sensitivity}: windows with an alarm`, figures.recall, `of ${figures.windows}`),
    line(`${sensitivity}: false alarms a series-day`, figures.falsePerDay, "alarms"),
    line(
      `${sensitivity}: from the window's first row to the alarm, median`,
      figures.medianDelay,
      "rows",
    ),
    ...[...groupsOf(runs)].map(([group, of]) =>
      line(
        `${sensitivity}: standard, ${group} alone, ${alarmFigures(of).falseAlarms} false`,
        nabScore(of, profiles.standard),
        "of 100",
      ),
    ),
  ].filter(({ value }) => Number.isFinite(value));
}

function groupsOf(runs: readonly NabRun[]): ReadonlyMap<string, readonly NabRun[]> {
  const groups = new Map<string, NabRun[]>();
  for (const run of runs) {
    const group = run.series.name.split("/")[0]!;
    groups.set(group, [...(groups.get(group) ?? []), run]);
  }
  return groups;
}

/** Only the sensitivity can be chosen. For each group it is chosen on the other groups. */
function leaveOneGroupOut(runs: Runs): BenchLine {
  const groups = [...groupsOf(runs.get("normal") ?? []).keys()];
  const held = groups.flatMap((group) => {
    const within = (run: NabRun): boolean => run.series.name.startsWith(`${group}/`);
    const others = ([, of]: readonly [Sensitivity, readonly NabRun[]]): number =>
      nabScore(
        of.filter((run) => !within(run)),
        profiles.standard,
      );
    const best = [...runs].toSorted((a, b) => others(b) - others(a))[0];
    return best?.[1].filter(within) ?? [];
  });
  const value = nabScore(held, profiles.standard);
  return line("standard, sensitivity chosen on the other groups", value, "of 100");
}

/** Best of the TSB-AD leaderboard on its own 23 NAB series (2024). Their cuts and labels differ from these. */
const surfacePeers: Readonly<Record<string, number>> = {
  POLY: 0.484,
  Series2Graph: 0.436,
  "Sub-PCA": 0.436,
};

/** Figures without a threshold, after the probation: the mean over the series with labels. */
async function surfaceLines(
  folder: string,
  series: readonly NabSeries[],
): Promise<readonly BenchLine[]> {
  progress("NAB, VUS-PR");
  const ours: number[] = [];
  const chance: number[] = [];
  const random = pythonRandom(1);
  for (const one of series) {
    const skipped = probation(one.rows);
    const windows = one.windows
      .filter(([, last]) => last >= skipped)
      .map(([first, last]) => [Math.max(first - skipped, 0), last - skipped] as const);
    if (windows.length === 0) continue;
    const scores = (await scoresOf(folder, one, "normal")).subarray(skipped);
    ours.push(vusPr({ scores, windows }));
    chance.push(vusPr({ scores: scores.map(() => random()), windows }));
  }
  return [
    line(`normal: VUS-PR, mean of ${ours.length} labelled series`, mean(ours), "of 1"),
    line("random scores: VUS-PR", mean(chance), "of 1"),
    ...Object.entries(surfacePeers).map(([name, value]) =>
      line(`peer, ${name}: VUS-PR on other cuts of NAB`, value, "published"),
    ),
  ];
}

/**
 * Scores random alarms: after each, there is none for a fifth of the probation. It shows the score of a useless
 * detector.
 */
function randomLines(series: readonly NabSeries[]): readonly BenchLine[] {
  const seeds = [1, 2, 3, 4, 5];
  const chances = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1];
  const scores = chances.map((chance) => {
    const each = seeds.map((seed) => nabScore(randomRuns(series, chance, seed), profiles.standard));
    return each.reduce((sum, one) => sum + one, 0) / seeds.length;
  });
  const value = Math.max(...scores);
  return [
    line("random alarms and a mute, standard, best chance, mean of 5 seeds", value, "of 100"),
  ];
}

function randomRuns(series: readonly NabSeries[], chance: number, seed: number): readonly NabRun[] {
  const random = pythonRandom(seed);
  return series.map((one) => {
    const alarms: number[] = [];
    const mute = probation(one.rows) / 5;
    for (let row = 0; row < one.rows; row++) {
      const last = alarms.at(-1) ?? Number.NEGATIVE_INFINITY;
      if (random() < chance && row - last > mute) alarms.push(row);
    }
    return { series: one, alarms };
  });
}
