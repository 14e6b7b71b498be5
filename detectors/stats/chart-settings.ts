/** The parameters of the seasonal chart. */
import { z } from "zod";

const threshold = z.number().positive();

export const params = z.strictObject({
  thresholds: z
    .tuple([threshold, threshold, threshold])
    .default([5, 4.3, 4.8])
    .describe("Deviations of the mean residual over 3, 10 and 30 vectors at which the score is 1."),
  given_others: z
    .number()
    .min(1)
    .max(100)
    .default(1.15)
    .describe(
      "Factor on the thresholds for what a feature does beside what the others tell of it.",
    ),
  grace_period: z
    .int()
    .min(2)
    .max(10_000)
    .default(20)
    .describe("Observations of a feature before it is scored."),
  abs_floor: z
    .number()
    .min(1e-12)
    .max(1e12)
    .default(1e-12)
    .describe("Least deviation that counts, in the feature's own unit."),
  rel_floor: z
    .number()
    .min(0)
    .max(1)
    .default(1e-6)
    .describe("Least deviation that counts, as a fraction of what is expected."),
  linear_below: z
    .number()
    .min(1e-12)
    .max(1e12)
    .default(1e12)
    .describe(
      "Values far below it count as they are, far above it by their square root: for what has noise that grows with its level.",
    ),
});

export type SeasonalChartParams = z.infer<typeof params>;
