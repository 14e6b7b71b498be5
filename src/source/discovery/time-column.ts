/** Finds the column that holds the time of a row, and its unit if it holds numbers. Pure. */
import { usualNames } from "../column-names.ts";
import { type TimeUnit, timeUnits, unitOf } from "../time-units.ts";
import { type ColumnView, median, numberOf, type TableFacts } from "./facts.ts";

export interface TimeColumn {
  readonly name: string;
  readonly type: string;
  /** Set for a column of numbers. */
  readonly unit: TimeUnit | undefined;
  /** Whether its type holds the time zone, or it counts from 1970. */
  readonly hasZone: boolean;
  /** Whether an index begins with it. */
  readonly isIndexed: boolean;
}

const timeWord = /time|date|epoch|^ts|(^|_)(ts|at|when|day|hour)(_|$)/i;
const eventWord = /event|scored|computed|recorded|observed|created|measured/i;
/** Names of columns with a time other than that of the row's values. */
const otherTime = /updat|modif|delet|expir|ingest|load|birth|valid|start|end|train/i;

/** The column that fits best; undefined when none does. */
export function timeColumn(
  facts: TableFacts,
  views: readonly ColumnView[],
): TimeColumn | undefined {
  const fitting = views.flatMap((view) => {
    const unit = unitOfColumn(view);
    const isNumber = view.family === "float" || view.family === "integer";
    if (view.family !== "time" && (!isNumber || unit === undefined)) return [];
    const isIndexed = facts.indexes.some(({ columns }) => columns[0] === view.name);
    return [{ view, unit, isIndexed, score: scoreOf(view) + (isIndexed ? 2 : 0) }];
  });
  const [best] = fitting.toSorted((a, b) => b.score - a.score);
  if (best === undefined) return undefined;
  const { view, unit, isIndexed } = best;
  const hasZone = unit !== undefined || view.type === "timestamp with time zone";
  return { name: view.name, type: view.type, unit, hasZone, isIndexed };
}

function scoreOf({ name, type, family, cells }: ColumnView): number {
  const usual = usualNames.timestamp.indexOf(name.toLowerCase());
  const byName = usual >= 0 ? 12 - usual / 2 : timeWord.test(name) ? 4 : 0;
  const isEmpty = cells.length > 0 && cells.every((cell) => cell === null);
  return (
    byName +
    (eventWord.test(name) ? 1 : 0) -
    (otherTime.test(name) ? 5 : 0) +
    (family === "time" ? 3 : 0) +
    (type === "timestamp with time zone" ? 1 : 0) -
    (isEmpty ? 20 : 0)
  );
}

/** The unit in which a column of numbers counts from 1970; undefined when it holds no such time. */
function unitOfColumn({ name, family, cells }: ColumnView): TimeUnit | undefined {
  if ((family !== "float" && family !== "integer") || !timeWord.test(name)) return undefined;
  const middle = median(cells.map(numberOf).filter(Number.isFinite));
  if (middle === undefined) return cells.length === 0 ? unitByName(name) : undefined;
  return unitOf(middle);
}

function unitByName(name: string): TimeUnit {
  if (/_us$|micro/i.test(name)) return "microseconds";
  return /_ms$|milli/i.test(name) ? "milliseconds" : "seconds";
}

/** The time of a cell in seconds since 1970; NaN without one. */
export const secondsOf = (cell: string | null, { unit }: Pick<TimeColumn, "unit">): number =>
  unit === undefined ? numberOf(cell) : (numberOf(cell) * timeUnits[unit]) / 1e6;
