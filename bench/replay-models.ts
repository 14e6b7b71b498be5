/** Measures the CPU time a model in a replay of many models, as a ratio to a replay of fewer models. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { detectorTypes } from "../detectors/index.ts";
import { csvSources } from "../src/replay/csv-source.ts";
import { replayRows } from "../src/replay/replay.ts";
import { type BenchLine, benchLine } from "./line.ts";

const few = 2000;
const many = 16_000;

/** Takes half a minute. A ratio of 1 is linear; quadratic work has a ratio of 8. */
export async function benchReplayModels(): Promise<readonly BenchLine[]> {
  const folder = mkdtempSync(join(tmpdir(), "driftwarden-bench-"));
  try {
    await cpuOfModel(folder, few);
    const one = await cpuOfModel(folder, few);
    const name = `a model of ${many}, against one of ${few}`;
    const value = (await cpuOfModel(folder, many)) / one;
    return [benchLine({ section: "replay", name, value, unit: "x", atMost: 2 })];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function cpuOfModel(folder: string, models: number): Promise<number> {
  const file = join(folder, `${models}.csv`);
  writeFileSync(file, ["timestamp,model,feature,importance", ...rowLines(models)].join("\n"));
  const before = process.cpuUsage();
  await replayRows({ sources: csvSources([file]) }, [{ detectorTypes }]);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / models;
}

/** Each model has one row on each of two days, at a time of its own. */
const rowLines = (models: number): readonly string[] =>
  [0, 86_400_000].flatMap((day) =>
    Array.from({ length: models }, (_, model) => {
      const at = new Date(Date.UTC(2026, 0, 1) + day + (model * 3_600_000) / models);
      return `${at.toISOString()},m${model},age,0.5`;
    }),
  );
