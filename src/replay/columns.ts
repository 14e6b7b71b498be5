/** Finds the column of each role in a table of rows. */
import { type ColumnRole, usualNames } from "../source/column-names.ts";
import type { SourceColumns } from "../source/options.ts";
import { acceptedTimes } from "./cells.ts";
import { lineError } from "./csv.ts";
import type { FileError } from "./errors.ts";

export type Role = ColumnRole | "marker";
export type ColumnNames = Readonly<Partial<Record<Role, string>>>;
/** What a person said of the columns of a table. A role that is left out is recognised by usual names. */
export interface GivenColumns {
  readonly names?: ColumnNames;
  /** Columns that name the model together. */
  readonly modelParts?: readonly string[];
  /** Columns that are features. Left out: all other columns may be. */
  readonly features?: readonly string[];
  /** The column with an object from feature to number. */
  readonly values?: string;
}

/** The place of each role's column; -1 if there is none, or the role was not requested. */
export type Columns = Readonly<Record<Role, number>>;

/** The names of a source's columns. A name that several columns share, or that none has, is left out. */
export function columnNames(columns: SourceColumns): ColumnNames {
  const { timestamp, model } = columns;
  return {
    timestamp,
    ...(typeof model === "string" && { model }),
    ...("feature" in columns && { feature: columns.feature, importance: columns.importance }),
  };
}

/** Names that are recognised without configuration. */
const names: Readonly<Record<Role, readonly string[]>> = {
  ...usualNames,
  marker: ["marker", "what"],
};

export interface ColumnOptions {
  readonly roles: readonly Role[];
  /** Roles that may have no column. */
  readonly optional?: readonly Role[];
  /** Names given by a person. No other name is tried for these roles. */
  readonly named?: ColumnNames | undefined;
  /** Names of columns in the configured sources. */
  readonly configured?: readonly ColumnNames[] | undefined;
}

/** @throws FileError DW_CLI_FILE with the existing columns, and how to name one */
export function columnsOf(
  file: string,
  header: readonly string[],
  options: ColumnOptions,
): Columns {
  const { named = {} } = options;
  const found = placesOf(header, options);
  const missing = missingOf(found, options);
  if (missing.length > 0)
    throw missingColumns(file, header, {
      missing,
      named,
      lacksModel: options.roles.includes("model") && found.model < 0,
    });
  refuseTwice(file, header, Object.values(found));
  refuseTwoRoles(file, header, found);
  return found;
}

/** The places of columns that a person named. @throws FileError DW_CLI_FILE if one is missing */
export function placesOfNames(
  file: string,
  header: readonly string[],
  wanted: readonly string[],
): readonly number[] {
  const places = wanted.map((name) => placeOf(header, name));
  const missing = wanted.filter((_, i) => places[i]! < 0);
  if (missing.length === 0) return places;
  throw lineError(file, 1, {
    message: `there is no column ${missing.join(", ")}; there are: ${header.join(", ")}`,
    hint: "The first line names the columns. Name those that it has: --columns model=A+B,features=C+D.",
  });
}

/** The roles for which there is no column. */
export const missingRoles = (header: readonly string[], options: ColumnOptions): readonly Role[] =>
  missingOf(placesOf(header, options), options);

function placesOf(
  header: readonly string[],
  { roles, named = {}, configured = [] }: ColumnOptions,
): Columns {
  const fitting = configured.find((source) => roles.every((role) => isThere(header, source[role])));
  const find = (role: Role): number => {
    const asked = named[role];
    const candidates = asked === undefined ? [fitting?.[role] ?? [], names[role]].flat() : [asked];
    const places = candidates.map((name) => placeOf(header, name));
    return places.find((place) => place >= 0) ?? -1;
  };
  const place = (role: Role): number => (roles.includes(role) ? find(role) : -1);
  return {
    timestamp: place("timestamp"),
    model: place("model"),
    feature: place("feature"),
    importance: place("importance"),
    marker: place("marker"),
  };
}

const missingOf = (
  found: Columns,
  { roles, optional = [], named = {} }: ColumnOptions,
): readonly Role[] =>
  roles.filter(
    (role) => found[role] < 0 && (named[role] !== undefined || !optional.includes(role)),
  );

const isThere = (header: readonly string[], name: string | undefined): boolean =>
  name === undefined || header.includes(name);

/** The place of the exact name; else of the name in upper or lower case. */
function placeOf(header: readonly string[], name: string): number {
  const exact = header.indexOf(name);
  const lower = name.toLowerCase();
  return exact >= 0 ? exact : header.findIndex((other) => other.toLowerCase() === lower);
}

interface Missing {
  readonly missing: readonly Role[];
  /** Names given by a person. */
  readonly named: ColumnNames;
  /** No column is known to name the model. */
  readonly lacksModel: boolean;
}

/** All that are missing are named at once. */
function missingColumns(
  file: string,
  header: readonly string[],
  { missing, named, lacksModel }: Missing,
): FileError {
  if (header.length === 1) return undivided(file, header[0]!);
  const wanted = missing.map((role) => `${named[role] ?? ""} for the ${role}`.trim()).join(", ");
  const message = `there is no column ${wanted}; there are: ${header.join(", ")}`;
  if (header.some(isTime)) return lineError(file, 1, { message, hint: headless });
  const option = missing.map((role) => `${role}=NAME`).join(",");
  const known = missing.map((role) => `${names[role].join(", ")} (${role})`).join("; ");
  const isWide = header.length > 2 && missing.includes("feature");
  const wide = isWide ? " If each column but time and model is a feature: --wide." : "";
  const model =
    lacksModel && !missing.includes("model")
      ? " If a column names the model, add model=NAME; without it the file has one model."
      : "";
  const times = missing.includes("timestamp") ? ` ${acceptedTimes}` : "";
  return lineError(file, 1, {
    message,
    hint: `The first line names the columns. Say which ones they are: --columns ${option}.${model} Known without it are ${known}.${wide}${times}`,
  });
}

/**
 * Whether a cell is a time, so it is not in a header. A name may be a number, but hardly a date or seconds since 1970.
 */
const isTime = (text: string): boolean => /^\d{4}-\d\d-\d\d([T ]|$)|^\d{10,19}$/.test(text);
const headless =
  "The first line looks like a row. Write the names of the columns above it, for example timestamp,model,feature,importance.";

/** Characters that may separate cells, besides those that are recognised. */
const separators = /[^\p{L}\p{N}_"'.-]/u;

/** First lines that hold no names: a comment, or the border of a printed table. */
const noNames = /^(#|--|\/\/|\+-)/;
const namesFirst = "The first line names the columns.";

/**
 * The error for a header with only one cell: another character separates the cells, or the first line holds no names.
 */
function undivided(file: string, header: string): FileError {
  if (header === "") {
    const hint = `${namesFirst} Remove the empty lines above it.`;
    return lineError(file, 1, { message: "the first line is empty", hint });
  }
  const message = `there is one column: ${header}`;
  if (noNames.test(header))
    return lineError(file, 1, { message, hint: `${namesFirst} Remove the lines above it.` });
  if (/[,;\t|]/.test(header)) {
    const hint = `${namesFirst} If each line stands in quotes as a whole, remove these quotes. If you named another separator, leave that option out.`;
    return lineError(file, 1, { message, hint });
  }
  const seen = separators.exec(header)?.[0];
  const example = seen === undefined ? "CHARACTER" : JSON.stringify(seen);
  return lineError(file, 1, {
    message,
    hint: `Known separators are comma, semicolon, tab and bar. Name another one: --delimiter ${example}.`,
  });
}

function refuseTwoRoles(file: string, header: readonly string[], columns: Columns): void {
  const given = Object.entries(columns).filter(([, place]) => place >= 0);
  for (const [i, [role, place]] of given.entries()) {
    const [other] = given.slice(0, i).find(([, earlier]) => earlier === place) ?? [];
    if (other !== undefined)
      throw lineError(file, 1, {
        message: `the column ${header[place]} would be the ${other} and the ${role}`,
        hint: `Each has a column of its own. Name the other one: --columns ${other}=NAME.`,
      });
  }
}

function refuseTwice(file: string, header: readonly string[], places: readonly number[]): void {
  const twice = places.find((place) => {
    const name = header[place]?.toLowerCase();
    return name !== undefined && header.filter((other) => other.toLowerCase() === name).length > 1;
  });
  if (twice === undefined) return;
  throw lineError(file, 1, {
    message: `the column ${header[twice]} stands there twice`,
    hint: "Rename one of them, or name another column: --columns ROLE=NAME.",
  });
}
