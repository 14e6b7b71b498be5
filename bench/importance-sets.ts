/** Labelled streams of importances, from files or simulated, and the episodes that detection opens on them. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { modelName } from "../src/model-key.ts";
import { csvSources } from "../src/replay/csv-source.ts";
import type { ReplayMarker } from "../src/replay/feed.ts";
import { keyOfFileModel, readMarkers } from "../src/replay/files.ts";
import { type DetectionOptions, fedReplays } from "../src/replay/replay.ts";
import type { RowSource } from "../src/replay/row-source.ts";
import type { ScoredEpisode } from "./attribution-score.ts";
import { readTruth, type Truth } from "./attribution-truth.ts";

export interface ImportanceSet {
  readonly sources: readonly RowSource[];
  readonly markers: readonly ReplayMarker[];
  readonly truth: Truth;
}

/** @param folder with `rows/`, `markers.csv` and the truth */
export async function filedSet(folder: string): Promise<ImportanceSet> {
  const rows = join(folder, "rows");
  return {
    sources: readdirSync(rows)
      .toSorted()
      .flatMap((name, place) => csvSources([join(rows, name)], { place, asRead: true })),
    markers: (await readMarkers(join(folder, "markers.csv"))).map((marker) => ({
      ...marker,
      model: keyOfFileModel(marker.model),
    })),
    truth: readTruth(folder),
  };
}

/** The episodes of all streams, for each of several settings. */
export async function episodesIn(
  { sources, markers }: Pick<ImportanceSet, "sources" | "markers">,
  settings: readonly DetectionOptions[],
): Promise<readonly (readonly ScoredEpisode[])[]> {
  const { feeds, replays } = fedReplays(settings);
  feeds.announce(markers);
  for (const source of sources)
    feeds.end(await source.read((name, model, row) => feeds.take(name, model, row)));
  return replays.map(({ episodes }) =>
    episodes.map(({ opened: { model, at, features, reason } }) => ({
      model: modelName(model).model,
      start: at / 1e6,
      features: features.map(({ feature }) => feature),
      reason,
    })),
  );
}
