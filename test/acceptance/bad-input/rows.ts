/** Bad rows of a source, which must stop nothing. Each entry has what an operator must see. */
import { fedModel } from "./feed.ts";

export interface BadInput {
  readonly what: string;
  /** Statements on the source's database. */
  readonly sql: string;
  /** A series of /metrics, and the least value it must reach. */
  readonly counter: readonly [series: string, atLeast: number];
  readonly code: `DW_${string}`;
  readonly hint: string;
}

/** A good model among the bad rows. None of them may affect it. */
export const good = fedModel("good");

const row = (values: string): string => `INSERT INTO explainability_metrics VALUES (${values})`;
const rows = (count: number, values: string): string =>
  `INSERT INTO explainability_metrics SELECT ${values} FROM generate_series(1, ${count}) i`;
const dropped = (reason: string): string =>
  `driftwarden_source_rows_dropped_total{source="main",reason="${reason}"}`;
const became = (outcome: string): string =>
  `driftwarden_detection_rows_total{source="main",outcome="${outcome}"}`;
const nonFinite = 'driftwarden_source_rows_non_finite_total{source="main"}';

const notFinite = ["NaN", "Infinity", "-Infinity"].map(
  (value, index): BadInput => ({
    what: `an importance that is ${value}`,
    sql: row(`now(), 'strange', 'a', '${value}'`),
    counter: [nonFinite, index + 1],
    code: "DW_SOURCE_ROW_NOT_FINITE",
    hint: "Look at the model that exports them",
  }),
);

const missing = ["timestamp", "feature", "model"].map(
  (column): BadInput => ({
    what: `a row without a ${column}`,
    sql: row(
      `${column === "timestamp" ? "null" : "now()"}, ${column === "model" ? "null" : "'good'"},
       ${column === "feature" ? "null" : "'cpu_usage'"}, 1`,
    ),
    counter: [dropped(`null_${column}`), 1],
    code: "DW_SOURCE_ROW_UNUSABLE",
    hint: `rows with an empty ${column}`,
  }),
);

const longNames = [
  ["model", `now(), repeat('x', 6000), 'a', 1`],
  ["feature", `now(), 'strange', repeat('y', 1500000), 1`],
].map(
  ([column, values]): BadInput => ({
    what: `a ${column} that is longer than any name`,
    sql: row(values ?? ""),
    counter: [dropped(`long_${column}`), 1],
    code: "DW_SOURCE_ROW_UNUSABLE",
    hint: `Find out who writes such a ${column}`,
  }),
);

export const badRows: readonly BadInput[] = [
  ...notFinite,
  ...longNames,
  {
    what: "an importance that is null",
    sql: row("now(), 'strange', 'b', null"),
    counter: [nonFinite, 4],
    code: "DW_SOURCE_ROW_NOT_FINITE",
    hint: "Look at the model that exports them",
  },
  ...missing,
  {
    what: "a timestamp in 1970",
    sql: row("'1970-01-01', 'good', 'cpu_usage', 1"),
    counter: [became("late"), 1],
    code: "DW_ROWS_LATE",
    hint: "correct their timestamps",
  },
  {
    what: "a timestamp in 2090",
    sql: row("'2090-01-01', 'good', 'cpu_usage', 1"),
    counter: [became("future"), 1],
    code: "DW_ROWS_FUTURE",
    hint: "Compare the clock",
  },
  {
    what: "the timestamps infinity and -infinity",
    sql: `${row("'infinity', 'good', 'cpu_usage', 1")}; ${row("'-infinity', 'good', 'cpu_usage', 1")}`,
    counter: [became("non_finite_time"), 2],
    code: "DW_ROWS_TIME_INFINITE",
    hint: "Find out who writes rows with the timestamp infinity",
  },
  {
    what: "two hundred thousand rows of one timestamp",
    sql: rows(200_000, "now(), 'flood', 'f' || i % 5, random()"),
    counter: [became("second_value"), 199_995],
    code: "DW_ROWS_SECOND_VALUE",
    hint: "Look for a second exporter",
  },
  {
    what: "a model with ten thousand features",
    sql: rows(10_000, "now(), 'wide', 'f' || i, random()"),
    counter: [became("too_many_features"), 8000],
    code: "DW_ROWS_TOO_MANY_FEATURES",
    hint: "Raise detection.max_features",
  },
  {
    what: "more models than max_models",
    sql: rows(40, "now(), 'crowd' || i, 'f', random()"),
    counter: [became("too_many_models"), 10],
    code: "DW_ROWS_TOO_MANY_MODELS",
    hint: "Raise detection.max_models",
  },
];
