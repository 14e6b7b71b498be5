/** Doubts about how the columns of a candidate are read. Pure. */
import { formatDuration } from "../../duration.ts";
import { grouped } from "../../plural.ts";
import { printable } from "../../printable.ts";
import { type Doubt, type Doubted, shown } from "./doubt.ts";
import { type ColumnView, columnViews, numericShare } from "./facts.ts";
import { repeatedShare } from "./readings.ts";

/** A clock is hardly wrong by more than this. A newest row further ahead is in local time. */
const aheadSeconds = 600;

export function zone({ candidate, reader, decided }: Doubted): Doubt | undefined {
  const { time, read } = candidate;
  if (time.hasZone) return undefined;
  const newest = Math.max(...read.map(({ seconds }) => seconds));
  const aheadMs = (newest - reader.now) * 1000;
  const local =
    aheadMs > aheadSeconds * 1000 && aheadMs < 15 * 3_600_000
      ? ` Its newest row is ${formatDuration(aheadMs)} ahead of the clock then, so it is probably local time.`
      : "";
  const message = `${shown(time.name)} has no time zone, and is taken as ${decided.timeZone ?? "UTC"}.${local}`;
  return { message, key: "time_zone" };
}

export function leftOut({ candidate: { found } }: Doubted): Doubt | undefined {
  if (found.leftOut.length === 0 || found.shape.form !== "wide") return undefined;
  const names = found.leftOut.slice(0, 8).map(shown);
  const more = found.leftOut.length - names.length;
  const rest = more > 0 ? ` and ${more} more` : "";
  return {
    message: `${names.join(", ")}${rest} ${found.leftOut.length === 1 ? "is a number and is" : "are numbers and are"} not taken for a feature.`,
    key: "columns",
  };
}

export function predictions({ candidate: { rhythm } }: Doubted): Doubt | undefined {
  if (rhythm.window === undefined) return undefined;
  const perHour = Math.max(1, Math.round(rhythm.predictionsPerHour ?? 0));
  return {
    message: `Each row belongs to one prediction, about ${grouped(perHour)} an hour of each model. They are averaged over ${rhythm.window}, so nothing is found sooner.`,
    key: "predictions",
  };
}

export function versions({ candidate, decided }: Doubted): Doubt | undefined {
  if (candidate.versions === undefined) return undefined;
  const { before, after } = candidate.versions;
  const names = `${printable(before)} and then ${printable(after)}`;
  return decided.isVersioned === false
    ? {
        message: `${names} look like versions of one model; each is watched as a model of its own.`,
      }
    : { message: `${names} are taken for versions of one model.`, key: "versioned_names" };
}

export function melted({ candidate: { read, rhythm } }: Doubted): Doubt | undefined {
  const share = repeatedShare(read);
  if (share < 0.1 || rhythm.window !== undefined) return undefined;
  return {
    message: `A feature comes several times at one time in ${Math.round(100 * share)} % of the rows. If another column names the model, add it to columns.model.`,
    key: "columns",
  };
}

export function unreadable({ candidate }: Doubted): Doubt | undefined {
  const { shape } = candidate.found;
  if (shape.form !== "long" || candidate.read.length === 0) return undefined;
  const column = columnViews(candidate.facts).find(({ name }) => name === shape.importance);
  const share = numericShare(column?.cells ?? []);
  if (column === undefined || share > 0.9) return undefined;
  return {
    message: `${shown(column.name)} holds no number in ${Math.round(100 * (1 - share))} % of the rows, for example ${exampleOf(column)}.`,
    key: "columns",
  };
}

const exampleOf = ({ cells }: ColumnView): string =>
  JSON.stringify(cells.find((cell) => cell !== null && numericShare([cell]) === 0) ?? null);
