/** `detection.overrides:`: settings for some models and features. Each key comes from the first match that names it. */
import { z } from "zod";

import { anyObject, listOf, percentage, text } from "./fields.ts";

const patternKeys = ["source", "model", "feature"];

const leastEffect = z
  .strictObject({
    share: percentage.refine((part) => part < 1, { error: "is all there is or more" }).optional(),
    value: z.number().positive().optional(),
    relative: percentage.optional(),
  })
  .refine((bounds) => Object.keys(bounds).length > 0, {
    error: "says no bound; name share, value or relative",
  });

const override = z
  .strictObject({
    source: listOf(text).optional(),
    model: listOf(text).optional(),
    feature: listOf(text).optional(),
    sensitivity: z.enum(["low", "normal", "high"]).optional(),
    direction: z.enum(["both", "drops", "rises"]).optional(),
    least_effect: leastEffect.optional(),
    ignore: z.boolean().optional(),
  })
  .refine((given) => patternKeys.some((key) => Object.hasOwn(given, key)), {
    error: "says not for what; name a source, model or feature (* stands for any text)",
    when: anyObject,
  })
  .refine((given) => Object.keys(given).some((key) => !patternKeys.includes(key)), {
    error: "sets nothing; name sensitivity, direction, least_effect or ignore",
    when: anyObject,
  });

export const overrides = z.array(override).default([]);
