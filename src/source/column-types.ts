/** The types of columns that can hold the parts of an importance, as Postgres names them without modifiers. */

export const timestampTypes = [
  "timestamp with time zone",
  "timestamp without time zone",
  "date",
] as const;

/** The type to which Postgres compares a column of numbers by its index. */
export type NumberType = "bigint" | "numeric" | "double precision";

/** Each type of numbers, with the type to which it is compared. Whole numbers are compared to `bigint`. */
export const numberTypes: ReadonlyMap<string, NumberType> = new Map([
  ["smallint", "bigint"],
  ["integer", "bigint"],
  ["bigint", "bigint"],
  ["numeric", "numeric"],
  ["real", "double precision"],
  ["double precision", "double precision"],
]);

export const textTypes: ReadonlySet<string> = new Set([
  "text",
  "character varying",
  "character",
  "name",
]);

/** Whether a column of this type can hold the name of a model. */
export const canHoldName = (type: string): boolean => textTypes.has(type) || type === "uuid";
