/** Measures the cost of sorting the rows of a file: CPU time of a replay, as a ratio to one in the file's order. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { detectorTypes } from "../detectors/index.ts";
import { pythonRandom } from "../detectors/stats/mt19937.ts";
import { csvSources } from "../src/replay/csv-source.ts";
import { replayRows } from "../src/replay/replay.ts";
import { type BenchLine, benchLine } from "./line.ts";

const attributions = 20_000;
const features = 10;
const header = "timestamp,model,feature,importance\n";

/** Takes half a minute. */
export async function benchReplayOrder(): Promise<readonly BenchLine[]> {
  const folder = mkdtempSync(join(tmpdir(), "driftwarden-bench-"));
  try {
    const lines = rowLines();
    const [sorted, mixed] = [join(folder, "sorted.csv"), join(folder, "mixed.csv")];
    writeFileSync(sorted, header + lines.join("\n"));
    writeFileSync(mixed, header + mixedUp(lines).join("\n"));
    await cpuSeconds(sorted, true);
    const asRead = await cpuSeconds(sorted, true);
    const figures = {
      "in order": await cpuSeconds(sorted, false),
      mixed: await cpuSeconds(mixed, false),
    };
    return Object.entries(figures).map(([name, seconds]) =>
      benchLine({
        section: "replay",
        name: `${lines.length} rows ${name}, against the order of the file`,
        value: seconds / asRead,
        unit: "x",
        atMost: name === "mixed" ? 2 : 1.2,
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function cpuSeconds(file: string, asRead: boolean): Promise<number> {
  const before = process.cpuUsage();
  await replayRows({ sources: csvSources([file], { asRead }) }, [{ detectorTypes }]);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

function rowLines(): readonly string[] {
  const random = pythonRandom(3);
  return Array.from({ length: attributions * features }, (_, i) => {
    const time = new Date(Date.UTC(2026, 0, 1) + Math.floor(i / features) * 60_000).toISOString();
    const importance = (1 + (i % features)) * (1 + 0.05 * random());
    return `${time},churn,f${i % features},${importance.toFixed(6)}`;
  });
}

function mixedUp(lines: readonly string[]): readonly string[] {
  const random = pythonRandom(4);
  return lines
    .map((line) => ({ line, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ line }) => line);
}
