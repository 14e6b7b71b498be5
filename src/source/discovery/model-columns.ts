/** Finds the columns that together name the model. Pure. */
import { usualNames } from "../column-names.ts";
import { type ColumnView, distinct, type TableFacts } from "./facts.ts";
import { type ReadAs, readings, repeatedShare } from "./readings.ts";

/** A column with more values in the sample names no part of a model. */
const mostValues = 200;
const mostColumns = 3;
/** A smaller share of repeated rows has another cause than several models. */
const fewRepeated = 0.05;

const modelWord = /model|(^|_)(algorithm|estimator|classifier)(_|$)/i;
/** Names of columns that differ from row to row, or that do not identify a model. */
const noName =
  /version|hash|sha|uuid|request|predict|infer|comment|note|host|pod|worker|status|level|user|customer|session|message|run(_|$)|(^|_)(row|order|transaction|entity|sample)_?id/i;

interface Asked {
  readonly facts: TableFacts;
  readonly views: readonly ColumnView[];
  readonly as: Omit<ReadAs, "model">;
}

/**
 * The column called model, and the further columns that are needed so that each model has one value of a feature at one
 * time. The column called model comes last. So a version at the end of its values stays at the end of the model's name.
 */
export function modelColumns(asked: Asked): readonly string[] {
  const used = usedColumns(asked.as);
  const fitting = asked.views.filter(({ name, family }) => family === "text" && !used.has(name));
  const base = baseColumn(fitting);
  const start = base === undefined ? [] : [base];
  return withFurther(
    asked,
    start,
    fitting.filter(canName).map(({ name }) => name),
  );
}

function usedColumns({ time, shape }: Asked["as"]): ReadonlySet<string> {
  const ofShape =
    shape.form === "long"
      ? [shape.feature, shape.importance]
      : shape.form === "wide"
        ? shape.features
        : [shape.values];
  return new Set([time.name, ...ofShape]);
}

function baseColumn(fitting: readonly ColumnView[]): string | undefined {
  const usual = usualNames.model.flatMap(
    (wanted) => fitting.find(({ name }) => name.toLowerCase() === wanted) ?? [],
  );
  const called = fitting.find(({ name }) => modelWord.test(name) && !noName.test(name));
  return (usual[0] ?? called)?.name;
}

function canName({ name, cells }: ColumnView): boolean {
  const values = distinct(cells);
  return !noName.test(name) && values > 1 && values <= Math.min(mostValues, cells.length / 4);
}

/** Adds columns one by one: the one that leaves the fewest repeated rows, if it at least halves them. */
function withFurther(
  asked: Asked,
  start: readonly string[],
  further: readonly string[],
): readonly string[] {
  let chosen = start;
  let repeated = repeatedWith(asked, chosen);
  while (repeated > fewRepeated && chosen.length < mostColumns) {
    const tried = further
      .filter((name) => !chosen.includes(name))
      .map((name) => ({
        columns: [name, ...chosen],
        left: repeatedWith(asked, [name, ...chosen]),
      }));
    const [best] = tried.toSorted((a, b) => a.left - b.left);
    if (best === undefined || best.left > repeated / 2) break;
    chosen = best.columns;
    repeated = best.left;
  }
  return chosen;
}

const repeatedWith = ({ facts, as }: Asked, model: readonly string[]): number =>
  repeatedShare(readings(facts, facts.sample?.newest ?? [], { ...as, model }));
