/** Section `severity`: how many of the benches' episodes are P1, by kind. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { detectorTypes } from "../detectors/index.ts";
import type { EpisodeOpened } from "../src/detection/event.ts";
import { severityOf } from "../src/incidents/severity.ts";
import { csvSources } from "../src/replay/csv-source.ts";
import { type ReplayInput, replayRows } from "../src/replay/replay.ts";
import { dailyStreams } from "./daily-streams.ts";
import { dataPath } from "./data-folder.ts";
import { type BenchLine, benchLine, progress } from "./line.ts";

/** Largest part of P1: with more, people ignore calls at night. */
const mostP1 = 0.333;

interface Streams {
  readonly name: string;
  readonly input: ReplayInput;
}

/** Takes about ten seconds. */
export async function benchSeverity(): Promise<readonly BenchLine[]> {
  const lines: BenchLine[] = [];
  const found: EpisodeOpened[] = [];
  for (const { name, input } of streams()) {
    progress(`severity, ${name}`);
    const [replay] = await replayRows(input, [{ detectorTypes, sensitivity: "normal" }]);
    const episodes = (replay?.episodes ?? []).map(({ opened }) => opened);
    lines.push(partOf(name, episodes));
    found.push(...episodes);
  }
  return [...lines, partOf("all", found), mustBeP1(found), ...kindLines(found)];
}

function* streams(): Generator<Streams> {
  for (const name of ["attribution", "attribution-fresh"]) {
    const folder = dataPath(name);
    if (folder === undefined) continue;
    const rows = join(folder, "rows");
    const sources = readdirSync(rows)
      .toSorted()
      .flatMap((file, place) => csvSources([join(rows, file)], { place, asRead: true }));
    yield { name, input: { sources, markers: join(folder, "markers.csv") } };
  }
  const places = [60, 105, 150, 195, 240, 285, 330];
  const { sources } = dailyStreams({ models: 16, places, warmUp: 30, days: 365 });
  yield { name: "daily models", input: { sources } };
}

function partOf(name: string, episodes: readonly EpisodeOpened[]): BenchLine {
  const value = count(episodes) / Math.max(1, episodes.length);
  const about = `${name}: P1, of ${episodes.length} episodes`;
  return benchLine({ section: "severity", name: about, value, unit: "part", atMost: mostP1 });
}

/** A leak and a silence must always be P1. */
function mustBeP1(episodes: readonly EpisodeOpened[]): BenchLine {
  const grave = episodes.filter(({ kind }) => kind === "leak" || kind === "silent");
  const value = grave.length - count(grave);
  const name = `leaks and silences below P1, of ${grave.length}`;
  return benchLine({ section: "severity", name, value, unit: "episodes", atMost: 0 });
}

function kindLines(episodes: readonly EpisodeOpened[]): readonly BenchLine[] {
  const kinds = [...new Set(episodes.map(({ kind }) => kind))].toSorted();
  return kinds.map((kind) => {
    const own = episodes.filter((episode) => episode.kind === kind);
    const unit = `of ${own.length}`;
    return benchLine({ section: "severity", name: `P1 of kind ${kind}`, value: count(own), unit });
  });
}

const count = (episodes: readonly EpisodeOpened[]): number =>
  episodes.filter((episode) => severityOf(episode) === "P1").length;
