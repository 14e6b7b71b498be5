/** What a model of a file costs when there are many: CPU time a model of a replay, as a ratio to one with fewer models. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { detectorTypes } from "../detectors/index.ts";
import { csvSources } from "../src/replay/csv-source.ts";
import { replayRows } from "../src/replay/replay.ts";
import { type BenchLine, benchLine } from "./line.ts";

const few = 2000;
const many = 16_000;

/** Half a minute. A ratio of 1 is linear; what looks at every model for every model is at 8. */
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

/** Each model says one thing on two days, at a time of its own. */
const rowLines = (models: number): readonly string[] =>
  [0, 86_400_000].flatMap((day) =>
    Array.from({ length: models }, (_, model) => {
      const at = new Date(Date.UTC(2026, 0, 1) + day + (model * 3_600_000) / models);
      return `${at.toISOString()},m${model},age,0.5`;
    }),
  );
