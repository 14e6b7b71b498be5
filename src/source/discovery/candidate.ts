/** A table that may be a source, how it would be read, and how well that fits. Pure. */
import { areOverwritten } from "../row-writes.ts";
import { type Versions, versionsIn } from "../version-findings.ts";
import { type ColumnView, columnViews, distinct, type TableFacts } from "./facts.ts";
import { modelColumns } from "./model-columns.ts";
import { type ProposedReading, type ReadAs, readings } from "./readings.ts";
import { type Rhythm, rhythmOf } from "./rhythm.ts";
import type { FoundShape } from "./table-shape.ts";
import { tableShapes } from "./table-shapes.ts";
import { type TimeColumn, timeColumn } from "./time-column.ts";

export interface TableCandidate {
  readonly facts: TableFacts;
  readonly time: TimeColumn;
  readonly found: FoundShape;
  /** The columns that name the model, in order; empty when the table has one model. */
  readonly model: readonly string[];
  /** The newest rows of the sample, as they would be read. */
  readonly read: readonly ProposedReading[];
  readonly rhythm: Rhythm;
  readonly versions: Versions | undefined;
  readonly models: number;
  readonly features: number;
  /** Higher fits better; from {@link leastScore} on it is proposed. */
  readonly score: number;
}

/** Tables below this score are only named as the nearest ones. */
export const leastScore = 45;

const tableWord = /shap|importan|attribut|explain|contribut|influence/i;
const predictionId =
  /(^|_)(prediction|request|inference|row|sample|entity|transaction|customer|user|order|event|record)_?(id|uuid|key)$/i;

/** How a table would be read; undefined when it has no time, or nothing that could be importances. */
export function candidateOf(facts: TableFacts): TableCandidate | undefined {
  const all = columnViews(facts);
  const time = timeColumn(facts, all);
  if (time === undefined) return undefined;
  const views = all.filter(({ name }) => name !== time.name);
  const [found] = tableShapes(views);
  if (found === undefined) return undefined;
  const model = modelColumns({ facts, views, as: { time, shape: found.shape } });
  const as: ReadAs = { time, shape: found.shape, model };
  const read = readings(facts, facts.sample?.newest ?? [], as);
  const rhythm = rhythmOf(read, { hasPredictionId: hasPredictionId(views) });
  const anywhere = [...readings(facts, facts.sample?.spread ?? [], as), ...read];
  const named = anywhere.map(({ seconds, model: name }) => ({ ts: seconds * 1e6, model: name }));
  const features = new Set(anywhere.flatMap(({ values }) => values.map(([name]) => name)));
  return {
    facts,
    time,
    found,
    model,
    read,
    rhythm,
    versions: model.length === 0 ? undefined : versionsIn(named),
    models: new Set(anywhere.map(({ model: name }) => name)).size,
    features: found.shape.form === "wide" ? found.shape.features.length : features.size,
    score: scoreOf({ facts, found, read, time, model, rhythm }),
  };
}

/** A column that names the prediction has many values. */
const hasPredictionId = (views: readonly ColumnView[]): boolean =>
  views.some(({ name, cells }) => predictionId.test(name) && distinct(cells) > 5);

type Rated = Pick<TableCandidate, "facts" | "found" | "read" | "time" | "model" | "rhythm">;

/** Points for and against a table. */
const marks: readonly (readonly [points: number, holds: (rated: Rated) => boolean])[] = [
  [12, ({ facts }) => tableWord.test(facts.table)],
  [8, ({ model }) => model.length > 0],
  [5, ({ read }) => read.length > 0],
  [2, ({ time }) => time.isIndexed],
  [-10, ({ facts, read }) => facts.sample !== undefined && read.length === 0],
  // A view is read by time, so a row that commits late may be missed.
  [-6, ({ facts }) => facts.runsCode],
  // A table with averages is simpler to read than one with predictions.
  [-25, ({ rhythm }) => rhythm.window !== undefined],
  [-12, ({ facts }) => !facts.readable],
  [-35, (rated) => upsertOf(rated) !== undefined],
];

function scoreOf(rated: Rated): number {
  const points = marks.map(([mark, holds]) => (holds(rated) ? mark : 0));
  return Math.round(points.reduce((sum, mark) => sum + mark, rated.found.score));
}

/**
 * Why rows are probably overwritten in place; undefined when nothing says so.
 *
 * - `key`: a unique index admits one row of each model and feature.
 * - `updates`: more rows were updated than inserted.
 */
export function upsertOf({
  facts,
  found,
  time,
  model,
}: Pick<TableCandidate, "facts" | "found" | "time" | "model">): "key" | "updates" | undefined {
  const { shape } = found;
  const naming = new Set<string | null>([
    ...model,
    ...(shape.form === "long" ? [shape.feature] : []),
  ]);
  const isKey = facts.indexes.some(
    ({ isUnique, columns }) =>
      isUnique && !columns.includes(time.name) && columns.every((name) => naming.has(name)),
  );
  if (isKey) return "key";
  return areOverwritten(facts.writes) ? "updates" : undefined;
}
