/** `detection:`: sensitivity, when episodes open and close, overrides, and limits on what is kept in memory. */
import { z } from "zod";
import { count, days, kOfN, waiting } from "./fields.ts";
import { overrides } from "./overrides.ts";

const keys = z.strictObject({
  preset: z.enum(["standard", "plain"]).default("standard"),
  sensitivity: z.enum(["low", "normal", "high"]).optional(),
  open_after: kOfN.optional(),
  close_after: count.optional(),
  max_models: count.default(20_000),
  max_new_models_per_hour: count.default(1000),
  max_features: count.default(2000),
  retire_after: days.prefault("30d"),
  checkpoint_interval: waiting.prefault("60s"),
  overrides,
});

const error = "has no meaning with preset: plain, whose thresholds are fixed; leave it out";

export const detection = keys
  .refine(({ preset, sensitivity }) => preset !== "plain" || sensitivity === undefined, {
    path: ["sensitivity"],
    error,
  })
  .superRefine(({ preset, overrides: list }, context) => {
    for (const [i, { sensitivity }] of list.entries()) {
      if (preset !== "plain" || sensitivity === undefined) continue;
      context.addIssue({ code: "custom", path: ["overrides", i, "sensitivity"], message: error });
    }
  });
