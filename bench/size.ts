/** Section `size`: memory and time of a million series, each measured in a process of its own. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { z } from "zod";
import { type BenchLine, benchLine, progress } from "./line.ts";

const sizes = z.strictObject({
  series: z.number(),
  stateBytes: z.number(),
  rssBeforeBytes: z.number(),
  rssBytes: z.number(),
  peakBytes: z.number(),
});
export type Sizes = z.output<typeof sizes>;

const growth = z.strictObject({
  fewSeries: z.number(),
  manySeries: z.number(),
  /** Nanoseconds a row, with decoding. */
  fewNs: z.number(),
  manyNs: z.number(),
  /** Nanoseconds a row, without decoding. */
  fewDetectedNs: z.number(),
  manyDetectedNs: z.number(),
});
export type Growth = z.output<typeof growth>;

/**
 * Takes about a minute. The bounds are those of the design: 1 KB a series, so a million series in 1 GB, and no slowdown
 * with many models.
 */
export async function benchSize(): Promise<readonly BenchLine[]> {
  progress("memory of a million series");
  const { series, stateBytes, rssBeforeBytes, rssBytes, peakBytes } = await saidBy(
    new URL("size-child.ts", import.meta.url),
    sizes,
  );
  const grown = rssBytes - rssBeforeBytes;
  const whole = `process with ${thousands(series)} series`;
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
    ...(await benchGrowth()),
  ];
}

async function benchGrowth(): Promise<readonly BenchLine[]> {
  progress("rows of a thousand and of a million series");
  const said = await saidBy(new URL("growth-child.ts", import.meta.url), growth);
  const [few, many] = [thousands(said.fewSeries), thousands(said.manySeries)];
  const growing = `a row of ${many} series as a multiple of one of ${few}`;
  const detected = said.manyDetectedNs / said.fewDetectedNs;
  return [
    line({ name: `a row of ${few} series, decoded and detected`, value: said.fewNs, unit: "ns" }),
    line({ name: growing, value: said.manyNs / said.fewNs, unit: "ratio", atMost: 1.5 }),
    line({ name: `${growing}, decoding left out`, value: detected, unit: "ratio" }),
  ];
}

/** The output of a child process of this section. */
async function saidBy<Schema extends z.ZodType>(
  child: URL,
  schema: Schema,
): Promise<z.output<Schema>> {
  const args = ["--expose-gc", "--import", "tsx/esm", child.pathname];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return schema.parse(JSON.parse(stdout));
}

const thousands = (count: number): string => count.toLocaleString("en");

const line = (figure: Omit<Parameters<typeof benchLine>[0], "section">): BenchLine =>
  benchLine({ section: "size", ...figure });
