/** The parameters of the range watch. */
import { z } from "zod";

export const params = z.strictObject({
  z: z
    .number()
    .min(0)
    .max(100)
    .default(4)
    .describe("Least distance from the view's mean, in its deviations; 0 asks for none."),
  excess: z
    .number()
    .min(0)
    .max(100)
    .default(3)
    .describe("Least excess over the known range, in usual excesses; 0 asks for none."),
  hold: z
    .int()
    .min(1)
    .max(100_000)
    .default(300)
    .describe(
      "Rows after an alarm in which the series stands beyond its boundary until it returns; then it is near it.",
    ),
});

export type RangeWatchParams = z.infer<typeof params>;
