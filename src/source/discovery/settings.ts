/** Converts a candidate to the keys of a source in the configuration. Pure. */
import { escapeIdentifier } from "pg";
import type { TimeUnit } from "../time-units.ts";
import type { TableCandidate } from "./candidate.ts";

/** The keys of a source in the configuration; those that are left out have their defaults. */
export interface ProposedSettings {
  /** Quoted as in SQL where it needs to be. */
  readonly table: string;
  readonly columns: Readonly<Record<string, string | readonly string[]>>;
  readonly time_zone?: string;
  readonly time_unit?: TimeUnit;
  readonly versioned_names?: string;
  readonly predictions?: { readonly window: string };
}

/** Proposals that a person may change. */
export interface DecidedSettings {
  /** Of a column whose times have no zone. Default: UTC. */
  readonly timeZone?: string;
  /** Whether names that differ in a version are one model. Default: yes. */
  readonly isVersioned?: boolean;
}

export function settingsOf(
  candidate: TableCandidate,
  decided: DecidedSettings = {},
): ProposedSettings {
  const { facts, time, versions, rhythm } = candidate;
  return {
    table: sqlName(facts),
    columns: columnsOf(candidate),
    ...(time.hasZone ? {} : { time_zone: decided.timeZone ?? "UTC" }),
    ...(time.unit !== undefined && { time_unit: time.unit }),
    ...(versions !== undefined &&
      decided.isVersioned !== false && { versioned_names: versions.template }),
    ...(rhythm.window !== undefined && { predictions: { window: rhythm.window } }),
  };
}

function columnsOf({ time, found, model }: TableCandidate): ProposedSettings["columns"] {
  const { shape } = found;
  const [only, ...further] = model;
  return {
    timestamp: time.name,
    ...(only !== undefined && { model: further.length === 0 ? only : model }),
    ...(shape.form === "long" && { feature: shape.feature, importance: shape.importance }),
    ...(shape.form === "wide" && { features: shape.features }),
    ...(shape.form === "object" && { values: shape.values }),
  };
}

/** A name as SQL takes it, in quotes where it needs them. */
export const sqlIdentifier = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) ? name : escapeIdentifier(name);

export const sqlName = ({
  schema,
  table,
}: {
  readonly schema: string;
  readonly table: string;
}): string => `${sqlIdentifier(schema)}.${sqlIdentifier(table)}`;

/** Why the configuration cannot hold the name of the table; undefined when it can. */
export const unnameable = (facts: {
  readonly schema: string;
  readonly table: string;
}): string | undefined =>
  /\p{Cc}/u.test(sqlName(facts)) || sqlName(facts).trim() !== sqlName(facts)
    ? "its name holds a line break or another control character; a view with another name can be read"
    : undefined;
