/** `healing:`: what all fixes together may do. */
import { z } from "zod";
import { count, runLimits } from "./fields.ts";

export const healing = z.strictObject({
  max_runs: runLimits.optional(),
  max_runs_per_host: runLimits.optional(),
  concurrency: count.default(1),
});
