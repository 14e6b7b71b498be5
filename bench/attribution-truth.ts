/** The labelled streams of importances: which models, what happened to them, and where their rows are. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseTime } from "../src/replay/cells.ts";

/** Seconds since 1970. */
const seconds = z.string().transform((text) => (parseTime(text) ?? Number.NaN) / 1e6);

const event = z.object({
  id: z.string(),
  model: z.string(),
  kind: z.string(),
  start: seconds,
  end: seconds,
  onset: seconds,
  /** null: to report it or not is both right. */
  harmful: z.boolean().nullable(),
  detectable: z.boolean().nullable(),
  features: z.array(z.string()),
  blame_clear: z.boolean().nullish(),
  magnitude: z.object({ snr: z.number().nullish() }),
});

const model = z.object({
  model: z.string(),
  cadence_minutes: z.number(),
  scored_from: seconds,
  end: seconds,
});

export type TruthEvent = z.output<typeof event>;
export type TruthModel = z.output<typeof model>;

export interface Truth {
  readonly models: readonly TruthModel[];
  readonly events: readonly TruthEvent[];
}

/** @param folder that of the streams */
export function readTruth(folder: string): Truth {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), "utf8"));
  return {
    models: z.array(model).parse(read("models.json")),
    events: z.array(event).parse(read("events.json")),
  };
}

/** Each data set has two runs of its own: `first` and the one with the suffix `-2`. */
export type Split = "first runs" | "second runs" | "all";

export function part({ models, events }: Truth, split: Split): Truth {
  const taken = (name: string): boolean =>
    split === "all" || name.endsWith("-2") === (split === "second runs");
  return {
    models: models.filter((one) => taken(one.model)),
    events: events.filter((one) => taken(one.model)),
  };
}
