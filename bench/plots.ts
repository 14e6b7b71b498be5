/** `npm run bench -- plots`: draws figures of the bench into `docs/explanation/`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { detectorTypes } from "../detectors/index.ts";
import { csvSources } from "../src/replay/csv-source.ts";
import { chartSvg } from "../src/replay/page/chart.ts";
import { ShareRecorder } from "../src/replay/page/share-recorder.ts";
import { type ReplayedEpisode, replayRows } from "../src/replay/replay.ts";
import { benchAttribution } from "./attribution-streams.ts";
import { dataPath } from "./data-folder.ts";
import { type BenchLine, progress } from "./line.ts";
import { benchNab } from "./nab.ts";
import { barPlot, type Dot, dotPlot, svgFile } from "./plot.ts";

const folder = new URL("../docs/explanation/", import.meta.url).pathname;

/** Takes less than a minute. @returns no lines: the figures are those of `detect` */
export async function benchPlots(): Promise<readonly BenchLine[]> {
  const attribution = await benchAttribution();
  const nab = await benchNab();
  if (attribution.length > 0) {
    write("recall-and-false-episodes.svg", dialPlot(attribution));
    write("found-by-kind.svg", kindPlot(attribution));
  }
  if (nab.length > 0) write("nab.svg", nabPlot(nab));
  const episode = await episodePlot();
  if (episode !== undefined) write("an-episode.svg", episode);
  return [];
}

function write(name: string, svg: string): void {
  writeFileSync(join(folder, name), svg);
  progress(`docs/explanation/${name}`);
}

/** The value of the line whose name is exactly this. */
const valueOf = (lines: readonly BenchLine[], name: string): number =>
  lines.find((line) => line.name === name)?.value ?? Number.NaN;

function dialPlot(lines: readonly BenchLine[]): string {
  const ours = ["low", "normal", "high"].map(
    (sensitivity): Dot => ({
      name: sensitivity,
      x: valueOf(lines, `${sensitivity}, all: false episodes`),
      y: valueOf(lines, `${sensitivity}, all: events found`),
    }),
  );
  const peers = lines.flatMap(({ name, value }): readonly Dot[] => {
    const peer = /^peer, (.*): events found$/.exec(name)?.[1];
    if (peer === undefined) return [];
    const x = valueOf(lines, `peer, ${peer}: false episodes a model-week`);
    return [{ name: peer, x, y: value, peer: true }];
  });
  return dotPlot("Fourteen labelled streams: what is found, at what price", [...peers, ...ours], {
    x: "false episodes a model-week",
    y: "part of the events found",
  });
}

function kindPlot(lines: readonly BenchLine[]): string {
  const bars = lines.flatMap(({ name, value, unit }) => {
    const kind = /^normal: found of kind (\S+)/.exec(name)?.[1];
    const of = Number(unit.slice(3));
    return kind === undefined ? [] : [{ name: kind, value, of, text: `${value} of ${of}` }];
  });
  const sorted = bars.toSorted((a, b) => b.value / b.of - a.value / a.of || b.of - a.of);
  const most = Math.max(...bars.map(({ of }) => of));
  return barPlot("Found by kind of fault, sensitivity normal", sorted, most);
}

function nabPlot(lines: readonly BenchLine[]): string {
  const ours = ["low", "normal", "high"].map((sensitivity) => {
    const value = valueOf(lines, `${sensitivity}: standard`);
    return { name: `driftwarden, ${sensitivity}`, value, text: String(value) };
  });
  const peers = lines.flatMap(({ name, value }) => {
    const peer = /^peer, (.*): standard/.exec(name)?.[1];
    return peer === undefined ? [] : [{ name: peer, value, text: String(value), peer: true }];
  });
  const chance = lines.find(({ name }) => name.startsWith("random alarms"))?.value ?? Number.NaN;
  const random = { name: "random and a mute", value: chance, text: String(chance), peer: true };
  const bars = [...ours, ...peers, random].toSorted((a, b) => b.value - a.value);
  return barPlot("Numenta Anomaly Benchmark, 38 series, standard profile", bars, 100);
}

const stream = "income-lgbm";
const aroundUs = 6 * 3_600_000_000;

/** Plots a shift of the labelled streams. */
async function episodePlot(): Promise<string | undefined> {
  const file = dataPath("attribution", "rows", `${stream}.csv.gz`);
  const markers = dataPath("attribution", "markers.csv");
  if (file === undefined || markers === undefined) return undefined;
  const recording = new ShareRecorder();
  const input = { sources: csvSources([file], { asRead: true }), markers };
  const settings = { detectorTypes, sensitivity: "normal" } as const;
  const [replay] = await replayRows(input, [{ ...settings, history: recording }]);
  const shown = replay?.episodes.find(isPlain);
  return shown === undefined ? undefined : chartOf(shown, recording);
}

const isPlain = ({ opened, closed }: ReplayedEpisode): boolean =>
  opened.kind === "shift" && closed !== undefined && opened.features[0]?.high !== undefined;

function chartOf({ opened, closed }: ReplayedEpisode, recording: ShareRecorder): string {
  const features = opened.features.slice(0, 3).map(({ feature }) => feature);
  const height = 280;
  const chart = chartSvg({
    history: recording.historyOf(opened.model),
    features,
    from: opened.at - aroundUs,
    to: (closed?.at ?? opened.at) + aroundUs,
    banded: true,
    marks: [{ from: opened.at, to: closed?.at, label: "opened", title: opened.reason }],
    height: height - 20,
  });
  const words = `<text class="soft" x="12" y="${height + 16}">${stream}: ${features.join(", ")}; band: expected of ${features[0]}</text>`;
  return svgFile({ width: 1000, height: height + 30 }, chart + words);
}
