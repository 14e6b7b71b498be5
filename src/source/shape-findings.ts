/** Findings about the shape of a source: what is read of a row, what is not, and rows that are overwritten. Pure. */
import { type CheckFinding, doubtful, fine, wrong } from "../finding.ts";
import { counted } from "../plural.ts";
import { numberTypes } from "./column-types.ts";
import { type SourceLayout, usedColumns } from "./layout.ts";
import { areOverwritten, type RowWrites } from "./row-writes.ts";
import type { SampledRow, UnreadRows } from "./survey-sample.ts";
import { unitOf } from "./time-units.ts";

export interface ShapeSurvey {
  readonly layout: SourceLayout;
  /** Importances of the sample, newest first. */
  readonly rows: readonly SampledRow[];
  readonly leftOut: UnreadRows;
  /** A value of a time column of numbers; undefined for other columns and for an empty table. */
  readonly timeExample: number | undefined;
  /** How many rows the server has counted as inserted and updated; undefined if it has no statistics. */
  readonly writes: RowWrites | undefined;
  /** Key of the source in the configuration. */
  readonly key: string;
}

export const shapeFindings = (survey: ShapeSurvey): readonly CheckFinding[] => [
  ...exampleFinding(survey),
  ...unreadFindings(survey),
  ...unitFinding(survey),
  ...unlistedFinding(survey),
  ...updateFinding(survey),
];

/** Most importances of the example. */
const shownImportances = 5;

/** One row as it is read, where a row holds several importances. */
function exampleFinding({ layout, rows }: ShapeSurvey): readonly CheckFinding[] {
  const [first] = rows;
  if (first === undefined || !layout.shape.hasPlaces) return [];
  const same = rows.filter(({ ts, model }) => ts === first.ts && model === first.model);
  const pairs = same.map(({ feature, importance }) => `${feature} = ${importance}`);
  const shown = [
    ...pairs.slice(0, shownImportances),
    ...(pairs.length > shownImportances ? ["…"] : []),
  ];
  const model = layout.modelColumns.length === 0 ? "" : ` ${first.model}`;
  const time = new Date(first.ts / 1000).toISOString();
  return [fine("example", `the newest row reads ${time}${model}: ${shown.join(", ")}`)];
}

const whys: Readonly<Record<string, string>> = {
  no_values: "without any value",
  not_an_object: "whose values are no object",
  long_object: "whose object is too long",
};

function unreadFindings({ rows, leftOut, key }: ShapeSurvey): readonly CheckFinding[] {
  const read = rows.length > 0;
  return [...leftOut].map(([reason, { rows: count, example }]) => {
    const seen = example === null ? "" : `, for example ${JSON.stringify(example)}`;
    const message = `${counted(count, "row")} ${whys[reason] ?? reason} would be left out (${reason})${seen}`;
    const text = {
      message,
      hint: "Find out who writes them, or name other columns in columns of the source.",
      key: `${key}.columns`,
    };
    return read
      ? doubtful("values", text)
      : wrong("values", { ...text, code: "DW_SOURCE_COLUMN_TYPE" });
  });
}

function unitFinding({ layout, timeExample, key }: ShapeSurvey): readonly CheckFinding[] {
  if (timeExample === undefined || !("unit" in layout.time)) return [];
  const fitting = unitOf(timeExample);
  const { unit } = layout.time;
  if (fitting === undefined || fitting === unit) return [];
  return [
    wrong("time", {
      code: "DW_SOURCE_COLUMN_TYPE",
      message: `${layout.columns.timestamp} holds ${timeExample}, which is no time in ${unit}`,
      hint: `Set time_unit: ${fitting} of the source.`,
      key: `${key}.time_unit`,
    }),
  ];
}

/** Columns of numbers of a wide table that the configuration does not list. */
function unlistedFinding({ layout }: ShapeSurvey): readonly CheckFinding[] {
  if (!("features" in layout.columns)) return [];
  const used = new Set(usedColumns(layout));
  const others = layout.available
    .filter(({ name, type }) => numberTypes.has(type) && !used.has(name))
    .map(({ name }) => name);
  if (others.length === 0) return [];
  const shown = [...others.slice(0, 20), ...(others.length > 20 ? ["…"] : [])].join(", ");
  return [
    fine("columns", `${shown}: numbers that are not read, because columns.features lacks them`),
  ];
}

function updateFinding({ layout, writes, key }: ShapeSurvey): readonly CheckFinding[] {
  if (writes === undefined || !areOverwritten(writes)) return [];
  const { inserted, updated } = writes;
  return [
    doubtful("updates", {
      message: `rows of ${layout.table} are updated (${updated} times) rather than inserted (${inserted} times): values that are overwritten between two polls are never seen, and a past that was overwritten cannot be learned`,
      hint: "Let the exporter insert a row for each time, or keep each version in a table of its own by a trigger, and name that table.",
      key: `${key}.table`,
    }),
  ];
}
