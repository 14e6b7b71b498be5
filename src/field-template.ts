/** Fills variables such as `{{model}}` into the fields of a route: into every text of a JSON value, at any depth. */
import { type LinkValues, type LinkVariable, linkVariables } from "./link-template.ts";

/** JSON, as the configuration holds it. */
export type FieldValue =
  | string
  | number
  | boolean
  | null
  | readonly FieldValue[]
  | { readonly [name: string]: FieldValue };

const placeholder = /\{\{\s*(\w*)\s*\}\}/g;
/** Characters of a tracker's markup. They are replaced, so no name in a field mentions a person or embeds a picture. */
const marks = /[[\]{}|!~*^\\<>]/g;
const longestValue = 200;

/** All variables, for messages: `{{model}}, {{feature}}, {{from}}, …`. */
export const valueNames = linkVariables.map((name) => `{{${name}}}`).join(", ");

/** The names between double braces in a value that are no known variables. */
export function unknownNames(value: FieldValue): readonly string[] {
  return textsIn(value).flatMap((text) =>
    [...text.matchAll(placeholder)].flatMap(([, name = ""]) => (isVariable(name) ? [] : [name])),
  );
}

/** A value that is kept up to date, as the configuration says it: `{set: VALUE, refresh: true}`. */
export interface KeptValue {
  readonly [name: string]: FieldValue;
  readonly set: FieldValue;
  readonly refresh: boolean;
}

/** Whether a value has the key `refresh`. Such a value is meant as a {@link KeptValue}, not for the tracker's API. */
export function saysRefresh(value: FieldValue): value is { readonly [name: string]: FieldValue } {
  return typeof value === "object" && value !== null && !isList(value) && "refresh" in value;
}

/** Whether a value is a {@link KeptValue}: it has the two keys and no other. */
export function isKept(value: FieldValue): value is KeptValue {
  if (!saysRefresh(value) || !("set" in value)) return false;
  return typeof value["refresh"] === "boolean" && Object.keys(value).length === 2;
}

/** @param values unescaped; characters of a tracker's markup are replaced by `_` here */
export function filledValue(value: FieldValue, values: LinkValues): FieldValue {
  if (typeof value === "string") return filledText(value, values);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map((item) => filledValue(item, values));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, filledValue(item, values)]),
  );
}

function filledText(text: string, values: LinkValues): string {
  return text.replaceAll(placeholder, (whole, name: string) =>
    isVariable(name) ? plain(values[name]) : whole,
  );
}

function plain(value: string): string {
  const clean = value.replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ").replaceAll(marks, "_");
  return Array.from(clean).slice(0, longestValue).join("").trim();
}

function textsIn(value: FieldValue): readonly string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return (isList(value) ? value : Object.values(value)).flatMap(textsIn);
}

const isList = (value: object): value is readonly FieldValue[] => Array.isArray(value);

const isVariable = (name: string): name is LinkVariable =>
  linkVariables.some((known) => known === name);
