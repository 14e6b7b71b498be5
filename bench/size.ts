/** Section `size`: what a million series cost, in a process of their own. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { type BenchLine, benchLine } from "./line.ts";

const sizes = z.strictObject({
  series: z.number(),
  stateBytes: z.number(),
  rssBeforeBytes: z.number(),
  rssBytes: z.number(),
  peakBytes: z.number(),
});
export type Sizes = z.output<typeof sizes>;

const child = new URL("size-child.ts", import.meta.url).pathname;

/** About twenty seconds. The bounds are the design's: 1 KB a series in all, a million series in 1 GB. */
export async function benchSize(): Promise<readonly BenchLine[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--expose-gc",
    "--import",
    "tsx",
    child,
  ]);
  const { series, stateBytes, rssBeforeBytes, rssBytes, peakBytes } = sizes.parse(
    JSON.parse(stdout),
  );
  const bytes = (name: string, value: number): BenchLine =>
    benchLine({ section: "size", name, value: value / series, unit: "bytes", atMost: 1024 });
  const mebibytes = (name: string, value: number, bound = {}): BenchLine =>
    benchLine({ section: "size", name, value: value / 2 ** 20, unit: "MiB", ...bound });
  return [
    bytes("a series as saved", stateBytes),
    bytes("a series in memory, everything included", rssBytes - rssBeforeBytes),
    mebibytes(`process with ${series.toLocaleString("en")} series`, rssBytes, { atMost: 1024 }),
    mebibytes("the same, highest while feeding and saving", peakBytes),
  ];
}
