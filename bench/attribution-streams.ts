/** Section `attribution`: labelled streams of importances through the functions behind `driftwarden replay`. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { detectorTypes } from "../detectors/index.ts";
import type { Sensitivity } from "../detectors/preset.ts";
import { modelName } from "../src/model-key.ts";
import { csvSources } from "../src/replay/csv-source.ts";
import { type DetectionOptions, replayRows } from "../src/replay/replay.ts";
import { type AttributionScore, type ScoredEpisode, scoreEpisodes } from "./attribution-score.ts";
import { part, readTruth, type Split, type Truth } from "./attribution-truth.ts";
import { dataPath } from "./data-folder.ts";
import { type BenchLine, benchLine, progress } from "./line.ts";

const splits: readonly Split[] = ["first runs", "second runs", "all"];

interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly of: (score: AttributionScore) => number | null;
  /** The bound for all streams at normal sensitivity. */
  readonly bound?: { readonly atLeast: number } | { readonly atMost: number };
}

const figures: readonly Figure[] = [
  { name: "events found", unit: "part", of: (score) => score.recall, bound: { atLeast: 0.9 } },
  {
    name: "false episodes",
    unit: "a model-week",
    of: (score) => score.falsePerModelWeek,
    bound: { atMost: 1 },
  },
  {
    name: "median delay",
    unit: "attributions",
    of: (score) => score.medianDelay,
    bound: { atMost: 1 },
  },
  {
    name: "first blamed is guilty",
    unit: "part",
    of: (score) => score.blameTop1,
    bound: { atLeast: 0.85 },
  },
  {
    name: "first blamed is guilty, where it is clear",
    unit: "part",
    of: (score) => score.blameTop1Clear,
    bound: { atLeast: 0.93 },
  },
  { name: "F1", unit: "", of: (score) => score.f1, bound: { atLeast: 0.85 } },
  { name: "episodes in harmless changes", unit: "episodes", of: (score) => score.harmlessTrips },
  { name: "further episodes in the same event", unit: "episodes", of: (score) => score.repeats },
];

/**
 * Results of others with the same scorer on the same streams, without the median delay. Source: facts of the data set.
 */
const peers: readonly (readonly [name: string, recall: number, falseAWeek: number, f1: number])[] =
  [
    ["an alarm every 24 attributions", 0.88, 21.8, 0.24],
    ["rolling 3 sigma on raw importances", 0.73, 13.6, 0.27],
    ["nDCG below 0.9, the clouds' rule", 0.27, 0.3, 0.39],
    ["Jensen-Shannon distance of shares", 0.52, 2.7, 0.44],
    ["ADWIN a feature", 0.23, 0.92, Number.NaN],
    ["River half-space trees on raw importances", 0.24, 2.8, 0.21],
    ["robust random cut forest, 20 trees", 0.43, 1.1, 0.47],
    ["pipeline rules alone", 0.21, 0, 0.35],
  ];

/** Takes about fifteen seconds. No lines without the data. */
export async function benchAttribution(): Promise<readonly BenchLine[]> {
  const folder = dataPath("attribution");
  if (folder === undefined) return [];
  const truth = readTruth(folder);
  const lines: BenchLine[] = [];
  const kinds: BenchLine[] = [];
  for (const sensitivity of ["low", "normal", "high"] as const) {
    const episodes = await episodesOf(folder, sensitivity);
    for (const split of splits) lines.push(...linesOf(episodes, { truth, split, sensitivity }));
    kinds.push(...kindLines(sensitivity, scoreEpisodes(episodes, truth)));
  }
  return [...lines, ...peers.flatMap(peerLines), ...kinds];
}

async function episodesOf(
  folder: string,
  sensitivity: Sensitivity,
): Promise<readonly ScoredEpisode[]> {
  progress(`attribution streams, ${sensitivity}`);
  const [episodes] = await replayStreams(folder, [{ detectorTypes, sensitivity }]);
  return episodes ?? [];
}

/** The episodes that `driftwarden replay --json` prints for all streams, for each of several settings. */
export async function replayStreams(
  folder: string,
  settings: readonly DetectionOptions[],
): Promise<readonly (readonly ScoredEpisode[])[]> {
  const rows = join(folder, "rows");
  const sources = readdirSync(rows)
    .toSorted()
    .flatMap((name, place) => csvSources([join(rows, name)], { place, asRead: true }));
  const markers = join(folder, "markers.csv");
  const replays = await replayRows({ sources, markers }, settings);
  return replays.map(({ episodes }) =>
    episodes.map(({ opened: { model, at, features } }) => ({
      model: modelName(model).model,
      start: at / 1e6,
      features: features.map(({ feature }) => feature),
    })),
  );
}

interface Case {
  readonly truth: Truth;
  readonly split: Split;
  readonly sensitivity: Sensitivity;
}

function linesOf(
  episodes: readonly ScoredEpisode[],
  { truth, split, sensitivity }: Case,
): readonly BenchLine[] {
  const score = scoreEpisodes(episodes, part(truth, split));
  const promised = split === "all" && sensitivity === "normal";
  const about = `${sensitivity}, ${split}`;
  return figures.flatMap(({ name, unit, of, bound }) => {
    const value = of(score);
    if (value === null) return [];
    const held = promised ? bound : undefined;
    return benchLine({ section: "attribution", name: `${about}: ${name}`, value, unit, ...held });
  });
}

/** One line for each kind of fault and each run. */
function kindLines(sensitivity: Sensitivity, { outcomes }: AttributionScore): readonly BenchLine[] {
  const kinds = [...new Set(outcomes.map(({ event }) => event.kind))].toSorted();
  return kinds.map((kind) => {
    const all = outcomes.filter(({ event }) => event.kind === kind);
    const [first = "", second = ""] = [false, true].map((suffixed) => {
      const of = all.filter(({ event }) => event.model.endsWith("-2") === suffixed);
      return `${of.filter(({ found }) => found).length} of ${of.length}`;
    });
    const value = all.filter(({ found }) => found).length;
    const name = `${sensitivity}: found of kind ${kind} (first runs ${first}, second ${second})`;
    return benchLine({ section: "attribution", name, value, unit: `of ${all.length}` });
  });
}

function peerLines(peer: (typeof peers)[number]): readonly BenchLine[] {
  const [name, ...values] = peer;
  const units = ["events found", "false episodes a model-week", "F1"];
  return values.flatMap((value, i) =>
    Number.isNaN(value)
      ? []
      : [
          benchLine({
            section: "attribution",
            name: `peer, ${name}: ${units[i]}`,
            value,
            unit: "published",
          }),
        ],
  );
}
