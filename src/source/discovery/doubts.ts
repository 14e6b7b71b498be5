/** What is not sure, or costs something, when a candidate is read as proposed. Pure. */
import { formatDuration } from "../../duration.ts";
import { grouped } from "../../plural.ts";
import { printable } from "../../printable.ts";
import { relationKinds } from "../layout.ts";
import { type TableCandidate, upsertOf } from "./candidate.ts";
import { type ColumnView, columnViews, numericShare } from "./facts.ts";
import { repeatedShare } from "./readings.ts";
import { type DecidedSettings, sqlIdentifier, sqlName } from "./settings.ts";
import type { SourceReader } from "./survey-tables.ts";

export interface Doubt {
  /** One or two sentences. */
  readonly message: string;
  /** A statement that helps, as it is typed. */
  readonly sql?: string;
  /** The key of the source that decides it. */
  readonly key?: string;
}

interface Asked {
  readonly candidate: TableCandidate;
  readonly reader: SourceReader;
  readonly decided: DecidedSettings;
}

type Rule = (asked: Asked) => Doubt | undefined;

export const doubtsOf = (asked: Asked): readonly Doubt[] =>
  rules.flatMap((rule) => rule(asked) ?? []);

const shown = (name: string): string => `"${printable(name)}"`;

/** A clock is hardly wrong by more than this. A newest row further ahead is in local time. */
const aheadSeconds = 600;

function zone({ candidate, reader, decided }: Asked): Doubt | undefined {
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

function index({ candidate }: Asked): Doubt | undefined {
  const { facts, time } = candidate;
  if (time.isIndexed || facts.kind === "v" || facts.kind === "f" || (facts.rows ?? 0) < 5000)
    return undefined;
  // Postgres builds no index of a partitioned table concurrently.
  const how = facts.kind === "p" ? "CREATE INDEX ON" : "CREATE INDEX CONCURRENTLY ON";
  return {
    message: `No index begins with ${shown(time.name)}: every poll reads the whole table, about ${grouped(facts.rows ?? 0)} rows.`,
    sql: `${how} ${sqlName(facts)} (${sqlIdentifier(time.name)});`,
    key: "table",
  };
}

function byTime({ candidate: { facts } }: Asked): Doubt | undefined {
  if (facts.kind === "r" && !facts.hasChildren) return undefined;
  const kind = facts.kind === "r" ? "a table with child tables" : relationKinds[facts.kind];
  const code = facts.kind === "v" ? " It runs code of its owner at each poll." : "";
  return {
    message: `It is ${kind}, and is read by time: every poll reads the last 5 minutes again, detection runs 5 minutes behind, and a row that commits later than that is missed.${code}`,
    key: "table",
  };
}

function overwritten({ candidate }: Asked): Doubt | undefined {
  const upsert = upsertOf(candidate);
  if (upsert === undefined) return undefined;
  const { inserted = 0, updated = 0 } = candidate.facts.writes ?? {};
  const why =
    upsert === "key"
      ? "A unique index admits one row of each model and feature, so rows are overwritten."
      : `${grouped(updated)} rows were updated and ${grouped(inserted)} inserted, so rows are overwritten.`;
  return {
    message: `${why} The past is lost: there is no warm start, replay finds nothing, and what is overwritten between two polls is never seen. Let the exporter add rows to a table of history, and name that one.`,
    key: "table",
  };
}

function leftOut({ candidate: { found } }: Asked): Doubt | undefined {
  if (found.leftOut.length === 0 || found.shape.form !== "wide") return undefined;
  const names = found.leftOut.slice(0, 8).map(shown);
  const more = found.leftOut.length - names.length;
  const rest = more > 0 ? ` and ${more} more` : "";
  return {
    message: `${names.join(", ")}${rest} ${found.leftOut.length === 1 ? "is a number and is" : "are numbers and are"} not taken for a feature.`,
    key: "columns",
  };
}

function predictions({ candidate: { rhythm } }: Asked): Doubt | undefined {
  if (rhythm.window === undefined) return undefined;
  const perHour = Math.max(1, Math.round(rhythm.predictionsPerHour ?? 0));
  return {
    message: `Each row belongs to one prediction, about ${grouped(perHour)} an hour of each model. They are averaged over ${rhythm.window}, so nothing is found sooner.`,
    key: "predictions",
  };
}

function versions({ candidate, decided }: Asked): Doubt | undefined {
  if (candidate.versions === undefined) return undefined;
  const { before, after } = candidate.versions;
  const names = `${printable(before)} and then ${printable(after)}`;
  return decided.isVersioned === false
    ? {
        message: `${names} look like versions of one model; each is watched as a model of its own.`,
      }
    : { message: `${names} are taken for versions of one model.`, key: "versioned_names" };
}

function melted({ candidate: { read, rhythm } }: Asked): Doubt | undefined {
  const share = repeatedShare(read);
  if (share < 0.1 || rhythm.window !== undefined) return undefined;
  return {
    message: `A feature comes several times at one time in ${Math.round(100 * share)} % of the rows. If another column names the model, add it to columns.model.`,
    key: "columns",
  };
}

function unreadable({ candidate }: Asked): Doubt | undefined {
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

function notSampled({ candidate: { facts, read } }: Asked): Doubt | undefined {
  const proposed = "It is proposed by the names and types of its columns alone.";
  if (facts.refused !== undefined) return { message: `${printable(facts.refused)}. ${proposed}` };
  if (facts.sample === undefined) return { message: `None of its rows was read. ${proposed}` };
  return read.length === 0
    ? { message: `It holds no row that can be read. ${proposed}` }
    : undefined;
}

function rights({ candidate: { facts }, reader }: Asked): Doubt | undefined {
  if (!facts.mayWrite) return undefined;
  return {
    message: `${shown(reader.role)} may change the table. Driftwarden only reads: a role with SELECT alone is safer.`,
  };
}

function standby({ reader }: Asked): Doubt | undefined {
  if (!reader.isStandby) return undefined;
  return {
    message: `The server is a standby. Transactions that are open on its primary cannot be seen, so their rows may count as late.`,
  };
}

const rules: readonly Rule[] = [
  notSampled,
  overwritten,
  zone,
  versions,
  predictions,
  melted,
  unreadable,
  leftOut,
  byTime,
  index,
  rights,
  standby,
];
