/** Section `telemetry`: series of a satellite with labelled faults, through the functions behind `detect`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { detectorTypes } from "../detectors/index.ts";
import type { Sensitivity } from "../detectors/preset.ts";
import { detectorSet } from "../src/detection/baseline/default-detectors.ts";
import { ruledScorer } from "../src/replay/row-scorer.ts";
import { dataPath } from "./data-folder.ts";
import { type BenchLine, benchLine, progress } from "./line.ts";

const labels = z.record(
  z.string(),
  z.object({
    train_rows: z.number(),
    rows: z.number(),
    events: z.array(z.tuple([z.number(), z.number()])),
  }),
);

/** Alarms within this many rows count as one. An event may be found this many rows before it begins. */
const near = 100;

/** Results of others by the same scoring, on both satellites: 81 series, of which 54 are here. */
const peers: Readonly<Record<string, number>> = {
  "LSTM trained on each channel": 0.849,
  "EMA(20) chart at 5 sigma, mute of 100": 0.558,
  "beyond the training range by 5 %": 0.494,
  "EMA chart at 3 sigma": 0.473,
  "River half-space trees, .999 quantile": 0.417,
};

export interface TelemetrySeries {
  readonly name: string;
  readonly values: readonly number[];
  readonly scoredFrom: number;
  readonly events: readonly (readonly [first: number, last: number])[];
}

export interface TelemetryScore {
  readonly events: number;
  readonly found: number;
  readonly falseAlarms: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Takes a few seconds. No lines without the data. */
export function benchTelemetry(): Promise<readonly BenchLine[]> {
  const folder = dataPath("telemetry");
  if (folder === undefined) return Promise.resolve([]);
  const series = readTelemetry(folder);
  const lines = (["low", "normal", "high"] as const).flatMap((sensitivity) => {
    progress(`telemetry, ${sensitivity}`);
    const score = scoreTelemetry(series, (one) => alarmsIn(one, sensitivity));
    return [
      line(`${sensitivity}: F1`, score.f1, "of 1"),
      line(`${sensitivity}: events found`, score.found, `of ${score.events}`),
      line(`${sensitivity}: precision`, score.precision, "part"),
    ];
  });
  const others = Object.entries(peers).map(([name, value]) =>
    line(`peer, ${name}: F1 on two satellites`, value, "published"),
  );
  return Promise.resolve([...lines, ...others]);
}

function readTelemetry(folder: string): readonly TelemetrySeries[] {
  const known = labels.parse(JSON.parse(readFileSync(join(folder, "events.json"), "utf8")));
  return Object.entries(known).map(([name, { train_rows: scoredFrom, events }]) => ({
    name,
    values: gunzipSync(readFileSync(join(folder, "rows", `${name}.csv.gz`)))
      .toString("utf8")
      .trimEnd()
      .split("\n")
      .map(Number)
      .filter(Number.isFinite),
    scoredFrom,
    events,
  }));
}

/** Rows at which `driftwarden detect --alerts` opens an episode, for a table without times. */
function alarmsIn({ values }: TelemetrySeries, sensitivity: Sensitivity): readonly number[] {
  const detectors = detectorSet(detectorTypes, { sensitivity });
  const score = ruledScorer({ names: ["value"], detectors, decision: {} });
  return values.flatMap((value, row) =>
    score({ values: [value], time: undefined }).opens ? [row] : [],
  );
}

function scoreTelemetry(
  series: readonly TelemetrySeries[],
  alarmsOf: (series: TelemetrySeries) => readonly number[],
): TelemetryScore {
  let [events, found, falseAlarms] = [0, 0, 0];
  for (const one of series) {
    const alarms = joined(alarmsOf(one).filter((row) => row >= one.scoredFrom));
    const hit = (row: number, [first, last]: readonly [number, number]): boolean =>
      row >= first - near && row <= last;
    events += one.events.length;
    found += one.events.filter((event) => alarms.some((row) => hit(row, event))).length;
    falseAlarms += alarms.filter((row) => !one.events.some((event) => hit(row, event))).length;
  }
  const recall = found / events;
  const precision = found / Math.max(1, found + falseAlarms);
  const f1 = (2 * precision * recall) / Math.max(1e-9, precision + recall);
  return { events, found, falseAlarms, precision, recall, f1 };
}

function joined(alarms: readonly number[]): readonly number[] {
  return alarms.filter((row, i) => i === 0 || row - alarms[i - 1]! > near);
}

const line = (name: string, value: number, unit: string): BenchLine =>
  benchLine({ section: "telemetry", name, value, unit });
