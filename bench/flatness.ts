/** Section `flatness`: how much the result on the labelled streams depends on each constant of the deciding detector and of the decision. */
import { detectorTypes } from "../detectors/index.ts";
import { detectorSet } from "../src/detection/baseline/default-detectors.ts";
import { type DetectorUse, defaultDecision } from "../src/detection/settings.ts";
import type { DetectionOptions } from "../src/replay/replay.ts";
import { scoreEpisodes } from "./attribution-score.ts";
import { replayStreams } from "./attribution-streams.ts";
import { readTruth } from "./attribution-truth.ts";
import { dataPath } from "./data-folder.ts";
import { type BenchLine, benchLine, progress } from "./line.ts";

const factors = [0.7, 1.4];

interface Variant {
  readonly name: string;
  readonly engine: NonNullable<DetectionOptions["engine"]>;
}

/** Takes a minute or two. No lines without the data. */
export async function benchFlatness(): Promise<readonly BenchLine[]> {
  const folder = dataPath("attribution");
  if (folder === undefined) return [];
  const truth = readTruth(folder);
  const lines: BenchLine[] = [];
  for (const { name, engine } of [
    { name: "as it is", engine: {} },
    ...ofDeciding(),
    ...ofDecision(),
  ]) {
    progress(`flatness, ${name}`);
    const [episodes = []] = await replayStreams(folder, [{ detectorTypes, engine }]);
    const { f1, recall, falsePerModelWeek } = scoreEpisodes(episodes, truth);
    const figures = [
      ["F1", f1, ""],
      ["events found", recall, "part"],
      ["false episodes", falsePerModelWeek, "a model-week"],
    ] as const;
    for (const [of, value, unit] of figures) {
      lines.push(benchLine({ section: "flatness", name: `${name}: ${of}`, value, unit }));
    }
  }
  return lines;
}

/** Every number among the parameters of the detectors that open episodes. */
function ofDeciding(): readonly Variant[] {
  const uses = detectorSet(detectorTypes, { sensitivity: "normal" });
  return uses
    .filter(({ deciding, only }) => deciding && only !== "raw")
    .flatMap((deciding) =>
      numbersOf(deciding.params).flatMap(([key, value]) =>
        factors.map((factor) => ({
          name: `${deciding.type.name} ${key} × ${factor}`,
          engine: {
            detectors: uses.map((use) =>
              use === deciding ? having(use, key, times(value, factor)) : use,
            ),
          },
        })),
      ),
    );
}

function having(use: DetectorUse, key: string, value: unknown): DetectorUse {
  const params = use.type.params.parse({ ...Object(use.params), [key]: value });
  return { ...use, params };
}

function ofDecision(): readonly Variant[] {
  return numbersOf(defaultDecision).flatMap(([key, value]) =>
    factors.map((factor) => ({
      name: `${key} × ${factor}`,
      engine: { decision: { ...defaultDecision, [key]: times(value, factor) } },
    })),
  );
}

const numbersOf = (settings: unknown): readonly [string, unknown][] =>
  Object.entries(Object(settings)).filter(
    ([, value]) => typeof value === "number" || Array.isArray(value),
  );

/** A number multiplied by the factor. Integers stay integers: they count attributions. */
function times(value: unknown, factor: number): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => Number(one) * factor);
  const product = Number(value) * factor;
  return Number.isInteger(value) ? Math.max(1, Math.round(product)) : product;
}
