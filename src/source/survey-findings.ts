/** Findings from a sample of a source's newest rows: models, cadence, usable values. Pure. */
import { escapeIdentifier } from "pg";
import { formatDuration } from "../duration.ts";
import { type CheckFinding, doubtful, fine, wrong } from "../finding.ts";
import { counted } from "../plural.ts";
import { canHoldName } from "./column-types.ts";
import { type SourceLayout, usedColumns } from "./layout.ts";
import type { SourceOptions } from "./options.ts";
import { tableName } from "./sql/names.ts";
import type { SampledRow, UnreadRows } from "./survey-sample.ts";
import { versionFindings, withoutModels } from "./version-findings.ts";

interface Surveyed {
  readonly layout: SourceLayout;
  readonly options: Pick<
    SourceOptions,
    "name" | "overlapMs" | "pollIntervalMs" | "versionedNames" | "predictionWindowMs"
  >;
  readonly hasIndex: boolean;
  /** Newest first. */
  readonly rows: readonly SampledRow[];
  /** Rows of the table that are left out as a whole. */
  readonly leftOut?: UnreadRows;
  /** Whether the sample is the whole table. */
  readonly isWhole: boolean;
  readonly pollMs: number;
}

export function surveyFindings(surveyed: Surveyed): readonly CheckFinding[] {
  const { rows, options } = surveyed;
  const key = `sources.${options.name}`;
  if (rows.length === 0 && (surveyed.leftOut?.size ?? 0) > 0) return readingFindings(surveyed, key);
  if (rows.length === 0) {
    return [
      doubtful("rows", {
        message: "the table holds no row that can be read yet",
        hint: "Check that the exporter writes into this table, and that the role sees its rows.",
        key,
      }),
      ...readingFindings(surveyed, key),
    ];
  }
  const values = valueFindings(surveyed, key);
  const summary = summaryOf(surveyed);
  const isWrong = values.some(({ ok }) => !ok);
  return [
    ...(isWrong ? [] : [fine("rows", summary)]),
    ...values,
    ...modelFindings(surveyed, key),
    ...windowFindings(surveyed, key),
    ...ageFindings(surveyed, key),
    ...readingFindings(surveyed, key),
  ];
}

function summaryOf({ layout, rows, isWhole, pollMs, hasIndex }: Surveyed): string {
  const models = new Set(rows.map(({ model }) => model)).size;
  const features = new Set(rows.map(({ feature }) => feature)).size;
  const cadence = cadenceMs(rows);
  const age = rows[0]?.age ?? 0;
  const index = hasIndex ? ` (index on ${layout.columns.timestamp})` : "";
  return [
    counted(models, "model"),
    `${counted(features, "feature")}${isWhole ? "" : ` in the newest ${counted(rows.length, "row")}`}`,
    `newest row ${formatDuration(Math.max(0, age) * 1000)} old`,
    ...(cadence === undefined ? [] : [`every ${formatDuration(cadence)}`]),
  ]
    .join(", ")
    .concat(`; a poll costs ${Math.max(1, Math.round(pollMs))} ms${index}`);
}

/** The median gap between neighbouring times of one model; undefined without a gap of a second or more. */
function cadenceMs(rows: readonly SampledRow[]): number | undefined {
  const times = new Map<string | null, Set<number>>();
  for (const { model, ts } of rows) {
    times.set(model, (times.get(model) ?? new Set()).add(ts));
  }
  const gaps = [...times.values()].flatMap((set) => {
    const sorted = [...set].toSorted((a, b) => a - b);
    return sorted.slice(1).map((ts, i) => (ts - (sorted[i] ?? ts)) / 1000);
  });
  // Rows of one attribution may be written one after the other, so gaps below a second do not count.
  const wide = gaps.filter((gap) => gap >= 1000).toSorted((a, b) => a - b);
  return wide[Math.floor(wide.length / 2)];
}

const isNumber = (text: string | null): boolean =>
  text !== null && text.trim() !== "" && Number.isFinite(Number(text));

/** The finding is `wrong` if over 90 % of the values are no numbers, and `doubtful` if over 10 % are none. */
function valueFindings({ rows, layout, options }: Surveyed, key: string): readonly CheckFinding[] {
  const { importance, feature } = namesOf(layout);
  const type = layout.available.find(({ name }) => name === importance)?.type ?? "unknown";
  const bad = rows.filter((row) => !isNumber(row.importance));
  const nameless = rows.filter((row) => row.feature === null || row.feature.trim() === "");
  const example = JSON.stringify(bad[0]?.importance ?? null);
  const hint = `Name a column of numbers in columns.importance of ${options.name}, or a view that casts it to double precision.`;
  const message = `${importance} (${type}) holds no number in ${bad.length} of ${counted(rows.length, "row")}, for example ${example}`;
  const found: CheckFinding[] = [];
  if (bad.length > rows.length * 0.9) {
    found.push(
      wrong("values", { code: "DW_SOURCE_COLUMN_TYPE", message, hint, key: `${key}.columns` }),
    );
  } else if (bad.length > rows.length / 10) {
    found.push(doubtful("values", { message, hint, key: `${key}.columns` }));
  }
  if (nameless.length > 0) {
    found.push(
      doubtful("values", {
        message: `${feature} is empty in ${nameless.length} of ${counted(rows.length, "row")}, which are left out`,
        hint: `Find out who writes rows without a ${feature}.`,
        key: `${key}.columns`,
      }),
    );
  }
  return found;
}

/**
 * If a feature occurs several times at one time, the table may hold several models without a column that names them.
 */
function modelFindings({ rows, layout, options }: Surveyed, key: string): readonly CheckFinding[] {
  if (layout.modelColumns.length > 0) return versionFindings(rows, { ...options, key });
  if (options.versionedNames !== undefined) return [withoutModels(key)];
  const distinct = new Set(rows.map(({ ts, feature }) => `${ts} ${feature}`)).size;
  const used = usedColumns(layout);
  const others = layout.available
    .filter(({ name, type }) => !used.includes(name) && isName(type))
    .map(({ name }) => name);
  const areRepeated = options.predictionWindowMs === undefined && distinct <= rows.length * 0.8;
  if (!areRepeated || others.length === 0) return [];
  return [
    doubtful("models", {
      message: `features come several times at one time, and no column says the model`,
      hint: `If the table holds several models, set columns.model to one of: ${others.join(", ")}.`,
      key: `${key}.columns`,
    }),
  ];
}

/**
 * A window shorter than the usual gap between rows holds at most one prediction. Its mean is then as noisy as a single
 * value.
 */
function windowFindings({ rows, options }: Surveyed, key: string): readonly CheckFinding[] {
  const gap = cadenceMs(rows);
  const { predictionWindowMs: window = Infinity } = options;
  if (gap === undefined || gap < window) return [];
  const usual = formatDuration(gap);
  return [
    doubtful("predictions", {
      message: `predictions.window is ${formatDuration(window)}, and rows of a model come every ${usual}, so most windows hold one prediction or none`,
      hint: `Set a window of many times ${usual}. If each row belongs to an attribution of its own, leave predictions out.`,
      key: `${key}.predictions`,
    }),
  ];
}

/** A number may be the id of a model. */
const isName = (type: string): boolean =>
  canHoldName(type) || type === "integer" || type === "bigint";

function ageFindings({ rows }: Surveyed, key: string): readonly CheckFinding[] {
  const cadence = cadenceMs(rows);
  const ageMs = (rows[0]?.age ?? 0) * 1000;
  if (cadence === undefined || ageMs < Math.max(3 * cadence, 60_000)) return [];
  return [
    doubtful("newest row", {
      message: `the newest row is ${formatDuration(ageMs)} old, and one is usual every ${formatDuration(cadence)}`,
      hint: "Check that the exporter runs.",
      key,
    }),
  ];
}

/** Proposes an index only for a table that is larger than the sample. */
function readingFindings(surveyed: Surveyed, key: string): readonly CheckFinding[] {
  const { layout, options, hasIndex, isWhole, pollMs } = surveyed;
  const { timestamp } = layout.columns;
  const found: CheckFinding[] = [];
  if (layout.reading === "overlap") {
    const overlap = formatDuration(options.overlapMs);
    found.push(
      doubtful("reading", {
        message: `${layout.table} is ${layout.kind}: rows that commit later than ${overlap} after their timestamp are missed, every poll reads the last ${overlap} again, and detection runs that far behind`,
        hint: "Name the plain table behind it, or set overlap to the longest time a writer takes to commit.",
        key,
      }),
    );
  } else if (!hasIndex && !isWhole) {
    found.push(
      doubtful("index", {
        message: `no index begins with ${timestamp}, so every poll reads the whole table: ${Math.round(pollMs)} ms`,
        hint: `Run as the table's owner: CREATE INDEX ON ${tableName(layout)} (${escapeIdentifier(timestamp)});`,
        key,
      }),
    );
  }
  return found;
}

/** What the columns of features and importances are called in a sentence. */
function namesOf({ columns }: SourceLayout): {
  readonly feature: string;
  readonly importance: string;
} {
  if ("feature" in columns) return columns;
  const importance = "values" in columns ? columns.values : columns.features.join(", ");
  return { feature: "the name of a feature", importance };
}
