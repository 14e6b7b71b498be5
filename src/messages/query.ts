/** A query that shows people the rows behind an incident, ready to paste into the source's own database. */
import { likeVersions } from "../model-family.ts";
import { partsOf } from "../model-key.ts";
import type { AdvisedKind } from "./advice.ts";
import { oneLine } from "./text.ts";

/** Table and columns of a source. */
export interface SourceTable {
  /** The name in SQL, quoted where needed. */
  readonly table: string;
  /**
   * Names of columns, not quoted. `model` is undefined where one table is one model. The importances are one a row, one a
   * column, or an object in a column.
   */
  readonly columns: {
    readonly timestamp: string;
    readonly model?: string | readonly string[] | undefined;
  } & (
    | { readonly feature: string; readonly importance: string }
    | { readonly features: readonly string[] }
    | { readonly values: string }
  );
  /** Form of model names with a version, such as `{name}-v{version}`. If given, `model` of a query has no version. */
  readonly versionedNames?: string | undefined;
  /** IANA name of the zone in which timestamps without an offset are written. */
  readonly timeZone: string;
  /** Unit of a time column of numbers; undefined for a column of times. */
  readonly timeUnit?: "seconds" | "milliseconds" | "microseconds" | undefined;
}

export interface QueryInput {
  readonly kind: AdvisedKind;
  readonly source: SourceTable;
  readonly model: string;
  /** The feature most to blame; undefined where there is none. */
  readonly feature: string | undefined;
  /** Start of the shown rows, ms since 1970. */
  readonly fromMs: number;
}

/**
 * @returns undefined where the model's name, or the name of a feature that the query needs, cannot be pasted unchanged: it
 *   has braces, invisible characters or superfluous blanks, or more than 200 characters
 */
export function queryFor(input: QueryInput): string | undefined {
  const { model, feature, kind } = input;
  const names = [model, ...(needsFeature.has(kind) ? [feature ?? ""] : [])];
  if (names.some((name) => !isTypable(name))) return undefined;
  const { columns } = input.source;
  const at = quoted(columns.timestamp);
  const own = ofModel(input);
  const since = `${at} >= ${boundOf(input)}`;
  if (kind === "silent") return `SELECT max(${at}) ${fromTable(input, own)};`;
  if (kind === "source_silent") return `SELECT max(${at}) ${fromTable(input, [])};`;
  const query = { input, at, own, since };
  return "feature" in columns ? longQuery(query, columns) : rowQuery(query);
}

interface Query {
  readonly input: QueryInput;
  /** The time column in SQL. */
  readonly at: string;
  /** The conditions by which rows belong to the model. */
  readonly own: readonly string[];
  readonly since: string;
}

const newest = "ORDER BY 1 DESC LIMIT 50;";

const fromTable = ({ source }: QueryInput, conditions: readonly string[]): string =>
  `FROM ${source.table}${conditions.length === 0 ? "" : `\nWHERE ${conditions.join(" AND ")}`}`;

function longQuery(
  { input, at, own, since }: Query,
  columns: { readonly feature: string; readonly importance: string },
): string {
  const { feature, kind } = input;
  const [what, value] = [quoted(columns.feature), quoted(columns.importance)];
  const ofFeature = feature === undefined ? [] : [`${what} = ${literal(feature)}`];
  const from = (...conditions: readonly string[]): string => fromTable(input, conditions);
  const values = `SELECT ${at}, ${what}, ${value}\n${from(...own, ...ofFeature, since)}\n${newest}`;
  const queries: Partial<Record<AdvisedKind, string>> = {
    feature_missing: `SELECT ${what}, max(${at})\n${from(...own, since)}\nGROUP BY 1 ORDER BY 2 LIMIT 20;`,
    frozen: `SELECT ${at}, count(*), sum(${value})\n${from(...own, since)}\nGROUP BY 1 ${newest}`,
    second_exporter: `SELECT ${at}, ${what}, count(*), min(${value}), max(${value})\n${from(...own, since)}\nGROUP BY 1, 2 HAVING count(*) > 1 ${newest}`,
    quarantined: `SELECT ${at}, ${what}, ${value}\n${from(...own, since)}\n${newest}`,
  };
  return queries[kind] ?? values;
}

/** Most features of a wide table that a query lists. */
const listedFeatures = 20;

/** For tables with one row an attribution: the rows, or how many there are at one time. */
function rowQuery({ input, at, own, since }: Query): string {
  const from = fromTable(input, [...own, since]);
  if (input.kind === "second_exporter")
    return `SELECT ${at}, count(*)\n${from}\nGROUP BY 1 HAVING count(*) > 1 ${newest}`;
  return `SELECT ${[at, ...cellsOf(input)].join(", ")}\n${from}\n${newest}`;
}

function cellsOf({ source: { columns }, feature }: QueryInput): readonly string[] {
  if ("values" in columns)
    return [`${quoted(columns.values)}${feature === undefined ? "" : ` -> ${literal(feature)}`}`];
  if (!("features" in columns)) return [];
  const { features } = columns;
  if (feature !== undefined && features.includes(feature)) return [quoted(feature)];
  return features.slice(0, listedFeatures).map(quoted);
}

/** Kinds whose query is about one feature. */
const needsFeature: ReadonlySet<AdvisedKind> = new Set<AdvisedKind>([
  "shift",
  "level_shift",
  "leak",
  "bad_values",
  "new_feature",
]);

function ofModel({ source, model, kind }: QueryInput): readonly string[] {
  const { columns, versionedNames } = source;
  if (columns.model === undefined || kind === "source_silent") return [];
  const names = [columns.model].flat().map(quoted);
  if (versionedNames !== undefined)
    return [`${names.join(" || '/' || ")} LIKE ${literal(likeVersions(versionedNames, model))}`];
  const parts = names.length === 1 ? [model] : partsOf(model);
  return names.map((name, i) => `${name} = ${literal(parts[i] ?? "")}`);
}

/** A bound in the type of the time column. */
function boundOf({ source: { timeUnit, timeZone }, fromMs }: QueryInput): string {
  if (timeUnit === undefined) return literal(zoned(fromMs, timeZone));
  return String(Math.floor(fromMs * perMs[timeUnit]));
}

const perMs = { seconds: 0.001, milliseconds: 1, microseconds: 1000 } as const;

/** A tracker's code block would lose braces, and a terminal invisible characters. */
const isTypable = (name: string): boolean => oneLine(name, 200) === name && !/[{}]/.test(name);

/** Common names of columns that are SQL keywords. */
const reserved = new Set(["timestamp", "time", "user", "order", "group", "table", "value", "date"]);

function quoted(name: string): string {
  if (/^[a-z_][a-z0-9_]*$/.test(name) && !reserved.has(name)) return name;
  return `"${name.replaceAll('"', '""')}"`;
}

const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Local time with its offset. It is right for a column with a zone. A column without a zone ignores the offset. */
function zoned(ms: number, timeZone: string): string {
  const options = { timeZone, timeZoneName: "longOffset", hourCycle: "h23" } as const;
  const digits = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit" } as const;
  const format = new Intl.DateTimeFormat("en-US", { ...options, ...digits, minute: "2-digit" });
  const parts = Object.fromEntries(
    format.formatToParts(new Date(ms)).map(({ type, value }) => [type, value]),
  );
  const { year, month, day, hour, minute, timeZoneName = "GMT" } = parts;
  const offset = timeZoneName.replace("GMT", "") || "+00:00";
  return `${year}-${month}-${day} ${hour}:${minute}${offset}`;
}
