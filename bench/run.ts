/** `npm run bench -- [section…] [--json]`: measures, and compares the figures with their bounds. */
import { parseArgs } from "node:util";
import { benchAttribution } from "./attribution-streams.ts";
import { benchDaily } from "./daily.ts";
import { benchDecisions } from "./decisions.ts";
import { benchFlatness } from "./flatness.ts";
import { benchHabits } from "./habit-streams.ts";
import { benchLatency } from "./latency.ts";
import { benchLifelike } from "./lifelike-streams.ts";
import type { BenchLine } from "./line.ts";
import { benchMeasures } from "./measures.ts";
import { benchMetricsPage } from "./metrics-page.ts";
import { benchNab } from "./nab.ts";
import { benchNoise } from "./noise.ts";
import { benchOutliers } from "./outliers.ts";
import { benchPath } from "./path.ts";
import { benchPictures } from "./pictures.ts";
import { benchPlots } from "./plots.ts";
import { benchReplayModels } from "./replay-models.ts";
import { benchReplayOrder } from "./replay-order.ts";
import { benchScreens } from "./screens.ts";
import { benchSeverity } from "./severity.ts";
import { benchSize } from "./size.ts";
import { benchSpeed } from "./speed.ts";
import { benchKafka } from "./stream.ts";
import { benchTelemetry } from "./telemetry.ts";

type Section = () => Promise<readonly BenchLine[]>;

const detect: Readonly<Record<string, Section>> = {
  attribution: benchAttribution,
  daily: benchDaily,
  nab: benchNab,
  noise: benchNoise,
  outliers: benchOutliers,
  telemetry: benchTelemetry,
  habits: benchHabits,
  lifelike: benchLifelike,
  measures: benchMeasures,
  severity: benchSeverity,
};

const sections: Readonly<Record<string, Section>> = {
  speed: benchSpeed,
  replay: async () => [...(await benchReplayOrder()), ...(await benchReplayModels())],
  size: benchSize,
  stream: benchKafka,
  path: benchPath,
  decisions: benchDecisions,
  ...detect,
};

/** Names of groups of sections. */
const together: Readonly<Record<string, readonly string[]>> = { detect: Object.keys(detect) };

/** All sections, including those that run only if they are named. */
const all: Readonly<Record<string, Section>> = {
  ...sections,
  flatness: benchFlatness,
  latency: benchLatency,
  metrics: benchMetricsPage,
  pictures: benchPictures,
  screens: benchScreens,
  plots: benchPlots,
};

const names = [...Object.keys(all), ...Object.keys(together)];
const usage = `usage: npm run bench -- [${names.join(" | ")}]… [--json]\n`;

/** @returns the exit code */
async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    strict: false,
    options: { json: { type: "boolean" } },
  });
  const asked = positionals.length > 0 ? positionals : Object.keys(sections);
  const wanted = asked.flatMap((name) => together[name] ?? [name]);
  const { json, ...unknown } = values;
  if (Object.keys(unknown).length > 0 || !wanted.every((name) => Object.hasOwn(all, name))) {
    process.stderr.write(usage);
    return 2;
  }
  const started = performance.now();
  const lines: BenchLine[] = [];
  const print = json === true ? printJson : printRow;
  for (const name of wanted) {
    const measured = (await all[name]?.()) ?? [];
    for (const line of measured) print(line);
    lines.push(...measured);
  }
  print(summary(lines, (performance.now() - started) / 1000));
  return lines.every((line) => line.ok) ? 0 : 1;
}

function summary(lines: readonly BenchLine[], seconds: number): BenchLine {
  const value = lines.filter((line) => !line.ok).length;
  const name = `bounds broken, of ${lines.filter((line) => line.bound !== null).length}, in ${Math.round(seconds)} s`;
  return { section: "summary", name, value, unit: "bounds", bound: 0, ok: value === 0 };
}

function printJson(line: BenchLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function printRow({ section, name, value, unit, bound, ok }: BenchLine): void {
  const promised = bound === null ? "" : `bound ${bound}`;
  const verdict = ok ? "" : "  BROKEN";
  const columns = [section.padEnd(11), name.padEnd(84), String(value).padStart(9), unit.padEnd(12)];
  process.stdout.write(`${columns.join(" ")} ${promised}${verdict}`.trimEnd().concat("\n"));
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 2;
}
