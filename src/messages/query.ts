/** A query that shows people the rows behind an incident, ready to paste into the source's own database. */
import { likeVersions } from "../model-family.ts";
import type { AdvisedKind } from "./advice.ts";
import { oneLine } from "./text.ts";

/** Table and columns of a source. */
export interface SourceTable {
  /** The name in SQL, quoted where needed. */
  readonly table: string;
  /** Names of columns, not quoted; `model` is undefined where one table is one model. */
  readonly columns: {
    readonly timestamp: string;
    readonly feature: string;
    readonly importance: string;
    readonly model?: string | undefined;
  };
  /** Form of model names with a version, such as `{name}-v{version}`. If given, `model` of a query has no version. */
  readonly versionedNames?: string | undefined;
  /** IANA name of the zone in which timestamps without an offset are written. */
  readonly timeZone: string;
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
  const { columns, table } = input.source;
  const at = quoted(columns.timestamp);
  const what = quoted(columns.feature);
  const value = quoted(columns.importance);
  const own = ofModel(input);
  const since = `${at} >= ${literal(zoned(input.fromMs, input.source.timeZone))}`;
  const ofFeature = feature === undefined ? [] : [`${what} = ${literal(feature)}`];
  const from = (...conditions: readonly string[]): string =>
    `FROM ${table}${conditions.length === 0 ? "" : `\nWHERE ${conditions.join(" AND ")}`}`;
  const newest = "ORDER BY 1 DESC LIMIT 50;";
  const values = `SELECT ${at}, ${what}, ${value}\n${from(...own, ...ofFeature, since)}\n${newest}`;
  const queries: Partial<Record<AdvisedKind, string>> = {
    silent: `SELECT max(${at}) ${from(...own)};`,
    source_silent: `SELECT max(${at}) ${from()};`,
    feature_missing: `SELECT ${what}, max(${at})\n${from(...own, since)}\nGROUP BY 1 ORDER BY 2 LIMIT 20;`,
    frozen: `SELECT ${at}, count(*), sum(${value})\n${from(...own, since)}\nGROUP BY 1 ${newest}`,
    second_exporter: `SELECT ${at}, ${what}, count(*), min(${value}), max(${value})\n${from(...own, since)}\nGROUP BY 1, 2 HAVING count(*) > 1 ${newest}`,
    quarantined: `SELECT ${at}, ${what}, ${value}\n${from(...own, since)}\n${newest}`,
  };
  return queries[kind] ?? values;
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
  const column = quoted(columns.model);
  if (versionedNames === undefined) return [`${column} = ${literal(model)}`];
  return [`${column} LIKE ${literal(likeVersions(versionedNames, model))}`];
}

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
