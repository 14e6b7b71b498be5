/** `healing:`: what all fixes together may do, and when none of them runs. */
import { z } from "zod";
import { anyObject, count, listOf, percentage, runLimits, text, timeZone } from "./fields.ts";
import { conditionKeys } from "./fixes.ts";

export const weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

const begin = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, {
  error: "expected a time of the day such as 22:00",
});
const end = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, {
  error: "expected a time of the day such as 06:00, or 24:00",
});

const window = z
  .strictObject({
    name: text.max(60, { error: "is longer than 60 characters" }),
    days: listOf(z.enum(weekdays)).optional(),
    from: begin,
    to: end,
    time_zone: timeZone,
    when: z.strictObject({ ...conditionKeys, service: listOf(text).optional() }).optional(),
  })
  .refine(({ from, to }) => from !== to, {
    error: "from and to are the same; a whole day is from 00:00 to 24:00",
    path: ["to"],
    when: anyObject,
  })
  .refine(
    ({ days, from, to, when = {} }) =>
      !(isWeek(days) && from === "00:00" && to === "24:00" && Object.keys(when).length === 0),
    {
      error: "never ends, so no fix would run at all; say mode: off in the fixes instead",
      path: ["to"],
    },
  );

const isWeek = (days: readonly string[] = weekdays): boolean =>
  weekdays.every((day) => days.includes(day));

const windows = z.array(window).superRefine((list, context) => {
  for (const [place, { name }] of list.entries()) {
    if (list.findIndex((one) => one.name === name) === place) continue;
    const message = "an earlier window has this name";
    context.addIssue({ code: "custom", message, path: [place, "name"] });
  }
});

const part = percentage.refine((share) => share <= 1, { error: "is more than 100 %" });

export const healing = z.strictObject({
  max_runs: runLimits.optional(),
  max_runs_per_host: runLimits.optional(),
  concurrency: count.default(1),
  maintenance: windows.optional(),
  storm: z.strictObject({ targets: count.default(3), models: part.prefault("30 %") }).optional(),
});
