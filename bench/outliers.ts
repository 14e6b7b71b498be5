/** Section `outliers`: how well half-space trees and the default set rank the rows of classic outlier tables. */
import { mean, sampleStandardDeviation } from "simple-statistics";
import { detectorTypes } from "../detectors/index.ts";
import { detectorNamed, detectorSet } from "../src/detection/baseline/default-detectors.ts";
import { type RowScorer, ruledScorer, soleScorer } from "../src/replay/row-scorer.ts";
import { dataPath } from "./data-folder.ts";
import { type BenchLine, benchLine, progress } from "./line.ts";
import { OnlineRange, readTable, shuffled, type Table } from "./outlier-table.ts";
import { rankAuc } from "./ranking.ts";

const seeds = [1, 2, 3, 4, 5];
/** Larger tables are sampled down to this, again for every seed. */
const mostRows = 50_000;

interface Case {
  readonly name: string;
  /** Whether its rows have the order of a stream. */
  readonly ordered: boolean;
  /** River's semantics, 10/8/250, exact rank AUC, online min-max, from our own measurements elsewhere. */
  readonly river: number;
  /** Batch isolation forest, Liu, Ting and Zhou, 2008, table 3, as quoted in public repositories. */
  readonly isolationForest?: number;
}

const cases: readonly Case[] = [
  { name: "smtp", ordered: true, river: 0.774, isolationForest: 0.88 },
  { name: "shuttle", ordered: false, river: 0.955, isolationForest: 1 },
  { name: "mammography", ordered: false, river: 0.815, isolationForest: 0.86 },
  { name: "thyroid", ordered: false, river: 0.778 },
  { name: "cover", ordered: false, river: 0.68, isolationForest: 0.88 },
];

/** Takes about a minute. No lines without the data. */
export async function benchOutliers(): Promise<readonly BenchLine[]> {
  const lines: BenchLine[] = [];
  for (const one of cases) {
    const file = dataPath("outliers", `${one.name}.csv.gz`);
    if (file === undefined) continue;
    progress(`outliers, ${one.name}`);
    lines.push(...linesOf(one, await readTable(file)));
  }
  return lines;
}

type Way = (table: Table, seed: number) => RowScorer;

const ways: Readonly<Record<string, Way>> = {
  "half-space trees, online min-max": (table, seed) => treesInRange(table, seed),
  "half-space trees, whole range known": (table, seed) => {
    const range = new OnlineRange(table.names.length);
    for (const row of table.rows) range.scale(row);
    return treesInRange(table, seed, range);
  },
  "the default set": ({ names }) =>
    ruledScorer({
      names,
      detectors: detectorSet(detectorTypes, { sensitivity: "normal" }),
      decision: {},
    }),
};

function linesOf({ name, ordered, river, isolationForest }: Case, table: Table): BenchLine[] {
  const whole = table.rows.length;
  const size = Math.min(whole, ordered ? whole : mostRows);
  const about = size < whole ? `${name}, ${size} of ${whole} rows` : name;
  const own = Object.entries(ways).map(([way, scorerOf]) => {
    const aucs = seeds.map((seed) => {
      const taken = ordered ? table : shuffled(table, { seed, size });
      return aucOf(scorerOf(taken, seed), taken);
    });
    const spread = sampleStandardDeviation(aucs).toFixed(3);
    return auc(`${about}: ${way}, sd ${spread}`, mean(aucs), "AUC");
  });
  const peers = [auc(`${name}: peer, River's half-space trees, online min-max`, river, "measured")];
  if (isolationForest !== undefined) {
    peers.push(auc(`${name}: peer, isolation forest in batch`, isolationForest, "published"));
  }
  return [...own, ...peers];
}

function auc(name: string, value: number, unit: string): BenchLine {
  return benchLine({ section: "outliers", name, value, unit });
}

/** The exact AUC of the scores. A row without a score, during warm-up, ranks lowest. */
function aucOf(score: RowScorer, { rows, anomalous }: Table): number {
  const scores = Float64Array.from(rows, (values) => score({ values, time: undefined }).score ?? 0);
  return rankAuc(scores, anomalous);
}

/**
 * River's setting, 10 trees of height 8, windows of 250, its own score, as `MinMaxScaler() | HalfSpaceTrees()`: each
 * row is scaled by the range up to and with itself.
 */
function treesInRange(
  { names }: Table,
  seed: number,
  range = new OnlineRange(names.length),
): RowScorer {
  const type = detectorNamed(detectorTypes, "half-space-trees");
  const params = type.params.parse({ calibrate: false, seed });
  const score = soleScorer({ type, params, deciding: true }, names.length);
  return ({ values, time }) => score({ values: range.scale(values), time });
}
