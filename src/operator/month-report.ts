/** The command that sums up a month, beside the month before it. */
import { z } from "zod";
import { actsIn } from "../store/month/acts.ts";
import { wordsIn } from "../store/month/approved.ts";
import { blindTimesIn } from "../store/month/blind.ts";
import { decisionsIn } from "../store/month/decisions.ts";
import { incidentsFound } from "../store/month/found.ts";
import { type Reach, reachOf } from "../store/month/reach.ts";
import type { Queryable } from "../store/query.ts";
import type { Store } from "../store/store.ts";
import { type Month, monthAfter, monthText, parseMonth, rangeOf } from "./month-range.ts";
import { type MonthSums, monthSums } from "./month-sums.ts";
import type { OperatorCommand } from "./operator-command.ts";

const asked = z.strictObject({
  month: z.string().transform((text, context): Month => {
    const month = parseMonth(text);
    if (month !== undefined) return month;
    const params = { hint: "Say the year and the month, such as 2026-11." };
    context.addIssue({ code: "custom", message: "is no month", params });
    return z.NEVER;
  }),
});

export interface SummedMonth {
  /** `2026-11`. */
  readonly month: string;
  readonly sums: MonthSums;
}

/** The month has not begun. */
interface FutureMonth {
  readonly isFuture: true;
  /** The month that runs now. */
  readonly current: string;
}

export interface ReportedMonth {
  readonly isFuture?: never;
  /** The month is not over, so its sums will change. */
  readonly soFar: boolean;
  readonly timeZone: string;
  readonly reported: SummedMonth;
  readonly before: SummedMonth;
}

export const monthReport: OperatorCommand<
  typeof asked,
  { readonly store: Store; readonly timeZone: string },
  ReportedMonth | FutureMonth
> = {
  words: "report",
  help: "sum up a month: found, answered, acted, refused, mails, blind time",
  arguments: asked,
  async handle({ month }, { store, timeZone }) {
    const reach = await reachOf(store);
    const { startMs, endMs } = rangeOf(month, timeZone);
    if (startMs > reach.nowMs) return { isFuture: true, current: currentMonth(reach, timeZone) };
    const summed = (which: Month): Promise<SummedMonth> => sumUp(store, { which, timeZone, reach });
    return {
      soFar: endMs > reach.nowMs,
      timeZone,
      reported: await summed(month),
      before: await summed(monthAfter(month, -1)),
    };
  },
};

function currentMonth({ nowMs }: Reach, timeZone: string): string {
  const [year = 1970, month = 1] = new Intl.DateTimeFormat("sv-SE", {
    timeZone,
    dateStyle: "short",
  })
    .format(nowMs)
    .split("-")
    .map(Number);
  return monthText({ year, month });
}

interface Summed {
  readonly which: Month;
  readonly timeZone: string;
  readonly reach: Reach;
}

async function sumUp(q: Queryable, { which, timeZone, reach }: Summed): Promise<SummedMonth> {
  const range = rangeOf(which, timeZone);
  const sums = monthSums({
    range,
    incidents: await incidentsFound(q, range),
    acts: await actsIn(q, range),
    decisions: await decisionsIn(q, range),
    words: await wordsIn(q, range),
    blind: await blindTimesIn(q, range),
    reach,
  });
  return { month: monthText(which), sums };
}
