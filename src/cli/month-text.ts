/** The report of a month as lines for people, beside the month before, and as JSON lines. */
import { formatDuration, roughMs } from "../duration.ts";
import { modelName } from "../model-key.ts";
import type { Measure } from "../operator/month-facts.ts";
import type { ReportedMonth, SummedMonth } from "../operator/month-report.ts";
import { type MeasureName, measureNames } from "../operator/month-sums.ts";
import { counted } from "../plural.ts";

export function monthJson({ soFar, timeZone, reported, before }: ReportedMonth): readonly string[] {
  return measureNames.map((measure) =>
    JSON.stringify({
      month: reported.month,
      time_zone: timeZone,
      so_far: soFar,
      measure,
      ...measureJson(reported.sums[measure]),
      before: { month: before.month, ...measureJson(before.sums[measure]) },
    }),
  );
}

const measureJson = ({ unit, value, parts, why }: Measure): object => ({
  unit,
  value,
  parts,
  not_measured: why,
});

export function monthLines({
  soFar,
  timeZone,
  reported,
  before,
}: ReportedMonth): readonly string[] {
  const now = `${nameOf(reported)}${soFar ? " so far" : ""}`;
  const rows = measureNames.map((name) => [
    labels[name],
    shown(name, reported.sums[name]),
    shown(name, before.sums[name]),
  ]);
  const header = ["", now, nameOf(before)];
  const widths = [0, 1].map((at) =>
    Math.max(...[header, ...rows].map((cells) => (cells[at] ?? "").length)),
  );
  return [
    ...[header, ...rows].map((cells) =>
      cells
        .map((cell, at) => cell.padEnd((widths[at] ?? 0) + 2))
        .join("")
        .trimEnd(),
    ),
    "",
    `Times are medians. Months in ${timeZone}.`,
    ...notes(reported, before),
  ];
}

const labels: Readonly<Record<MeasureName, string>> = {
  found: "Found",
  missed: "Missed",
  told: "Told",
  answered: "Answered",
  resolved: "Resolved",
  asked: "Asked",
  acted: "Acted",
  refused: "Refused",
  mails: "Mails",
  blind: "Blind",
};

/** `November 2026`. */
function nameOf({ month }: SummedMonth): string {
  const format = new Intl.DateTimeFormat("en", { month: "long", year: "numeric", timeZone: "UTC" });
  return format.format(Date.parse(`${month}-01T00:00:00Z`));
}

function shown(name: MeasureName, measure: Measure): string {
  const { value, parts, why } = measure;
  if (value === null) return `not measured${nobodyOf(parts)}`;
  const star = why === null ? "" : "*";
  return `${texts[name]({ ...measure, value })}${star}`;
}

type Known = Measure & { readonly value: number };

const time = (ms: number): string => formatDuration(roughMs(ms));
const nobodyOf = ({ nobody }: Measure["parts"]): string =>
  nobody === undefined ? "" : `; ${nobody} by nobody`;

const texts: Readonly<Record<MeasureName, (measure: Known) => string>> = {
  found: counts,
  missed: counts,
  told: ({ value }) => `${time(value)} after the first bad row`,
  answered: ({ value, parts }) => `after ${time(value)}${nobodyOf(parts)}`,
  resolved: ({ value, parts }) => `after ${time(value)}, ${parts["incidents"] ?? 0} of them`,
  asked: counts,
  acted: counts,
  refused: counts,
  mails: ({ value, parts }) => `${value}${mostOf(parts, value)}`,
  blind: ({ value, parts }) => (value === 0 ? "0" : `${time(value)} (${durations(parts)})`),
};

function counts({ value, parts }: Known): string {
  const words = Object.entries(parts)
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${word.replaceAll("_", " ")}`);
  return value === 0 && words.length === 0 ? "0" : [value, words.join(", ")].join(": ");
}

const durations = (parts: Measure["parts"]): string =>
  Object.entries(parts)
    .map(([what, ms]) => `${what} ${time(ms)}`)
    .join(", ");

/** The model whose tickets caused at least half of the mails; empty if there is none. */
function mostOf(parts: Measure["parts"], total: number): string {
  const [first] = Object.entries(parts);
  if (first === undefined || total === 0 || Object.keys(parts).length < 2) return "";
  const [subject, mails] = first;
  const { source, model } = modelName(subject);
  return mails * 2 < total ? "" : `; ${counted(mails, "mail")} of ${model || source}`;
}

/** Why something was not measured, or only a part of it; each reason once. */
function notes(reported: SummedMonth, before: SummedMonth): readonly string[] {
  return [reported, before].flatMap((one) => {
    const reasons = new Map<string, string[]>();
    for (const name of measureNames) {
      const { why } = one.sums[name];
      if (why !== null) reasons.set(why, [...(reasons.get(why) ?? []), labels[name]]);
    }
    return [...reasons].map(
      ([why, which]) =>
        `${nameOf(one)}: ${which.length === measureNames.length ? "everything" : which.join(", ")}: ${why}.`,
    );
  });
}
