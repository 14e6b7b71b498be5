/** Finds the columns that together name the model. Pure. */
import { usualNames } from "../column-names.ts";
import { type ColumnView, distinct, type TableFacts } from "./facts.ts";
import { type ReadAs, readings, repeatedShare } from "./readings.ts";

/** A column with more values in the sample names no part of a model. */
const mostValues = 200;
const mostColumns = 3;
/** With fewer repeated rows, those that there are come from something else. */
const fewRepeated = 0.05;

const modelWord = /model|(^|_)(algorithm|estimator|classifier)(_|$)/i;
/** What differs from row to row, or tells nothing of which model it is. */
const noName =
  /version|hash|sha|uuid|request|predict|infer|comment|note|host|pod|worker|status|level|user|customer|session|message|run(_|$)|(^|_)(row|order|transaction|entity|sample)_?id/i;

interface Asked {
  readonly facts: TableFacts;
  readonly views: readonly ColumnView[];
  readonly as: Omit<ReadAs, "model">;
}

/**
 * The column called model, and those without which one model would have several values at one time. The one called model
 * is last, so a version at the end of its name stays at the end.
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

/** Adds the column that leaves the fewest repeated rows, as long as one helps clearly. */
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
