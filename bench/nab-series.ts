/** The series of the Numenta Anomaly Benchmark that lie beside the project, and our alarms on them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { median } from "simple-statistics";
import { z } from "zod";
import { detectorTypes } from "../detectors/index.ts";
import type { Sensitivity } from "../detectors/preset.ts";
import { detectorSet } from "../src/detection/baseline/default-detectors.ts";
import { parseTime } from "../src/replay/cells.ts";
import { detectRows } from "../src/replay/detect.ts";
import { LeftOut } from "../src/replay/left-out.ts";
import { ruledScorer, type ScoredRow } from "../src/replay/row-scorer.ts";
import type { NabRun, NabSeries } from "./nab-score.ts";

const labels = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])));

/** @param folder with `data/` and `labels/` */
export function readSeries(folder: string): readonly NabSeries[] {
  const file = join(folder, "labels/combined_windows.json");
  const windows = labels.parse(JSON.parse(readFileSync(file, "utf8")));
  return readdirSync(join(folder, "data"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".csv"))
    .toSorted()
    .map((name) => seriesOf(name, join(folder, "data", name), windows[name] ?? []));
}

function seriesOf(
  name: string,
  file: string,
  windows: readonly (readonly [string, string])[],
): NabSeries {
  const times = readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => secondsOf(line.slice(0, line.indexOf(","))));
  return {
    name,
    rows: times.length,
    windows: windows.map(([first, last]) => [
      times.findIndex((time) => time >= secondsOf(first)),
      times.findLastIndex((time) => time <= secondsOf(last)),
    ]),
    cadence: median(times.slice(1).map((time, i) => time - times[i]!)),
  };
}

const secondsOf = (text: string): number => (parseTime(text) ?? Number.NaN) / 1e6;

/** A series as `driftwarden detect` scores it. */
async function scoredRows(
  folder: string,
  { name }: NabSeries,
  sensitivity: Sensitivity,
): Promise<readonly ScoredRow[]> {
  const detectors = detectorSet(detectorTypes, { sensitivity });
  const table = {
    csv: join(folder, "data", name),
    scorerFor: (names: readonly string[]) => ruledScorer({ names, detectors, decision: {} }),
    leftOut: new LeftOut(),
    badCells: new LeftOut(),
    odd: new LeftOut(),
  };
  const rows: ScoredRow[] = [];
  for await (const batch of detectRows(table))
    rows.push(...batch.filter((row) => row !== undefined));
  return rows;
}

/** The scores of `driftwarden detect`, 0 while warming up. */
export async function scoresOf(
  folder: string,
  series: NabSeries,
  sensitivity: Sensitivity,
): Promise<Float64Array> {
  const rows = await scoredRows(folder, series, sensitivity);
  return Float64Array.from(rows, ({ score }) => score ?? 0);
}

/** The rows that `driftwarden detect --alerts` prints for each series. */
export async function alarmsOf(
  folder: string,
  series: readonly NabSeries[],
  sensitivity: Sensitivity,
): Promise<readonly NabRun[]> {
  const runs: NabRun[] = [];
  for (const one of series) {
    const rows = await scoredRows(folder, one, sensitivity);
    runs.push({ series: one, alarms: rows.flatMap(({ opens }, row) => (opens ? [row] : [])) });
  }
  return runs;
}
