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
    "tsx/esm",
    child,
  ]);
  const { series, stateBytes, rssBeforeBytes, rssBytes, peakBytes } = sizes.parse(
    JSON.parse(stdout),
  );
  const grown = rssBytes - rssBeforeBytes;
  const whole = `process with ${series.toLocaleString("en")} series`;
  return [
    line({ name: "a series as saved", value: stateBytes / series, unit: "bytes", atMost: 1024 }),
    line({
      name: "a series in memory, by growth of RSS",
      value: grown / series,
      unit: "bytes",
      atMost: 1024,
    }),
    line({ name: `${whole}, RSS`, value: rssBytes / 2 ** 20, unit: "MiB", atMost: 1024 }),
    line({
      name: `${whole}, highest RSS while feeding and saving`,
      value: peakBytes / 2 ** 20,
      unit: "MiB",
    }),
  ];
}

const line = (figure: Omit<Parameters<typeof benchLine>[0], "section">): BenchLine =>
  benchLine({ section: "size", ...figure });
