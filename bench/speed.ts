/** Section `speed`: every registered detector alone, half-space trees beside their peers, and detection as a whole. */
import type { DetectorType } from "../detectors/detector.ts";
import { halfSpaceTrees } from "../detectors/half-space-trees.ts";
import { detectorTypes } from "../detectors/index.ts";
import { AttributionBench, nFeatures } from "./attribution.ts";
import { DetectorBench, nModels } from "./detectors.ts";
import { type BenchLine, benchLine } from "./line.ts";
import { peers } from "./peers.ts";
import { type Measure, mediansOf } from "./rounds.ts";

const rounds = 3;
const treesFeatures = 10;

/** Longest time of an observation by detector, ns. */
const bounds: Readonly<Record<string, number>> = { "rolling-z-score": 20 };

/** Takes about fifteen seconds. */
export async function benchSpeed(): Promise<readonly BenchLine[]> {
  const alone = await benchDetectors();
  // This comes last: the compiler specialises detectors for the vectors that an engine gives them.
  const whole = new AttributionBench();
  const medians = await mediansOf({ whole: () => whole.measure() }, rounds);
  const name = `detection of one attribution of ${nFeatures} features, the refresh included`;
  const value = medians.get("whole") ?? Number.NaN;
  return [...alone, benchLine({ section: "speed", name, value, unit: "µs", atMost: 20 })];
}

async function benchDetectors(): Promise<readonly BenchLine[]> {
  const perSeries = detectorTypes.filter(({ name }) => name !== halfSpaceTrees.name);
  const trees = bench(halfSpaceTrees, {}, treesFeatures);
  const uncalibrated = bench(halfSpaceTrees, { calibrate: false }, treesFeatures);
  const sum = uncalibrated.pass() / nModels;
  const others = await peers(treesFeatures);
  const measures: Record<string, Measure> = {
    trees: () => trees.measure(),
    uncalibrated: () => uncalibrated.measure(),
  };
  for (const type of perSeries) {
    const alone = bench(type, {}, nFeatures);
    measures[type.name] = () => alone.measure() / nFeatures;
  }
  for (const { name, measure } of others) measures[name] = () => measure(sum);
  const medians = await mediansOf(measures, rounds);
  const of = (name: string): number => medians.get(name) ?? Number.NaN;
  return [
    ...perSeries.map(({ name }) =>
      speedLine(`${name}, an observation of one series`, of(name), bounds[name]),
    ),
    speedLine("half-space-trees 10/8/250, an observation of 10 features", of("trees")),
    speedLine("half-space-trees without calibration", of("uncalibrated")),
    ...others.flatMap(({ name }) => beside(name, of(name), of("uncalibrated"))),
  ];
}

function bench<Params>(
  type: DetectorType<Params>,
  given: object,
  n: number,
): DetectorBench<Params> {
  return new DetectorBench(type, type.params.parse(given), n);
}

function speedLine(name: string, value: number, atMost?: number): BenchLine {
  return benchLine({ section: "speed", name, value, unit: "ns", ...(atMost && { atMost }) });
}

function beside(peer: string, theirs: number, ours: number): readonly BenchLine[] {
  const name = `half-space-trees without calibration: time as a multiple of ${peer}`;
  const atMost = peer === "plain C" ? 2.2 : 1 / 20;
  return [
    speedLine(`half-space-trees in ${peer}`, theirs),
    benchLine({ section: "speed", name, value: ours / theirs, unit: "ratio", atMost }),
  ];
}
