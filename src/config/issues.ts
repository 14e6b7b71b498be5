/**
 * Turns zod's issues into text for the operator. A value is quoted back where a number, a yes or no, or one of a few
 * words is expected; elsewhere it may be a secret.
 */
import { z } from "zod";
import { DriftwardenError } from "../errors.ts";
import { nearest } from "../nearest.ts";

export type Path = readonly PropertyKey[];

export interface Described {
  readonly path: Path;
  readonly message: string;
  readonly code?: `DW_${string}` | undefined;
  readonly hint?: string | undefined;
}

interface Failed {
  readonly issues: readonly z.core.$ZodIssue[];
  readonly schema: z.ZodType;
  /** What was parsed. */
  readonly input: unknown;
}

type JsonSchema = z.core.JSONSchema.JSONSchema;

function below(schema: JsonSchema | undefined, part: PropertyKey): JsonSchema | undefined {
  const { items, properties, additionalProperties: rest } = schema ?? {};
  const next = typeof part === "number" ? items : (properties?.[String(part)] ?? rest);
  return typeof next === "object" && !Array.isArray(next) ? next : undefined;
}

function placeAt(schema: z.ZodType, path: Path, io: "input" | "output"): JsonSchema | undefined {
  let place: JsonSchema | undefined = z.toJSONSchema(schema, { io, unrepresentable: "any" });
  for (const part of path) place = below(place, part);
  return place;
}

/** The keys that a schema has at a path, before and after its transforms. */
function knownKeys(schema: z.ZodType, path: Path): readonly string[] {
  const keys = (["input", "output"] as const).flatMap((io) => {
    return Object.keys(placeAt(schema, path, io)?.properties ?? {});
  });
  return [...new Set(keys)];
}

/** The value at a path of plain data; undefined if there is none. */
export function valueAt(input: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null ? Reflect.get(value, part) : undefined,
    input,
  );
}

const names: Readonly<Record<string, string>> = {
  string: "a text",
  int: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "keys and values",
  record: "keys and values",
  null: "nothing",
  undefined: "nothing",
};

function kindOf(value: unknown): string {
  if (value === null) return "nothing";
  const type = Array.isArray(value) ? "array" : typeof value;
  return names[type] ?? type;
}

/** A value as it is written in the file. If it is long, or may be a secret, only its kind. */
function shown(value: unknown): string {
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : notFinite(value);
  return typeof value === "string" && /^[\w .:/,-]{1,24}$/.test(value)
    ? `"${value}"`
    : kindOf(value);
}

const notFinite = (value: number): string =>
  Number.isNaN(value) ? ".nan" : value > 0 ? ".inf" : "-.inf";

/** Types of values that cannot be secrets. */
const open: ReadonlySet<string> = new Set(["number", "int", "boolean"]);

function describeType(
  issue: z.core.$ZodIssueInvalidType,
  { schema, input }: Pick<Failed, "schema" | "input">,
): string {
  const value = valueAt(input, issue.path);
  const wanted =
    open.has(issue.expected) && issue.expected !== "boolean"
      ? numberWanted(schema, issue.path)
      : (names[issue.expected] ?? issue.expected);
  const problem = issue.message.startsWith("Invalid input") ? `expected ${wanted}` : issue.message;
  return `${problem}, found ${open.has(issue.expected) ? shown(value) : kindOf(value)}`;
}

/** A number, with its bounds. */
function numberWanted(schema: z.ZodType, path: Path): string {
  const place = placeAt(schema, path, "input");
  const what = place?.type === "integer" ? "a whole number" : "a number";
  const { minimum, maximum } = place ?? {};
  const most = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER)
    return most === undefined ? what : `${what} up to ${most}`;
  return most === undefined ? `${what} from ${minimum} up` : `${what} from ${minimum} to ${most}`;
}

function describeChoice(issue: z.core.$ZodIssueInvalidValue, value: unknown): string {
  const choices = issue.values.map(String);
  const meant = typeof value === "string" ? nearest(value, choices) : undefined;
  const one = choices.length === 1 ? "expected" : "expected one of";
  return `${one} ${choices.join(", ")}, found ${shown(value)}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
}

function describeSize({ code, message, path }: z.core.$ZodIssue, failed: Failed): string {
  const value = valueAt(failed.input, path);
  return typeof value === "number" && code.startsWith("too_")
    ? `expected ${numberWanted(failed.schema, path)}, found ${shown(value)}`
    : message;
}

function describeUnknown(key: string, known: readonly string[]): string {
  const meant = nearest(key, known);
  if (meant !== undefined) return `unknown key; did you mean ${meant}?`;
  return `unknown key; known here: ${known.join(", ")}`;
}

/** One value or a list of them: what is wrong with the form that was chosen. */
function describeUnion(issue: z.core.$ZodIssueInvalidUnion, value: unknown): string {
  const inner = issue.errors.flat().find(({ code }) => code === "invalid_value");
  if (inner?.code !== "invalid_value") return issue.message;
  const wrong = Array.isArray(value)
    ? value.find((item) => !inner.values.some((known) => known === item))
    : value;
  return describeChoice(inner, wrong);
}

function describe(issue: z.core.$ZodIssue, failed: Failed): string {
  const { code, path } = issue;
  const value = valueAt(failed.input, path);
  if (value === undefined && ["invalid_type", "invalid_value", "invalid_union"].includes(code)) {
    return "is missing";
  }
  if (code === "invalid_type") return describeType(issue, failed);
  if (code === "invalid_value") return describeChoice(issue, value);
  if (code === "invalid_union") return describeUnion(issue, value);
  if (code === "invalid_key") return issue.issues[0]?.message ?? issue.message;
  return describeSize(issue, failed);
}

/** Code and hint of the error that a schema reported; none where it reported a text alone. */
function ownWords(issue: z.core.$ZodIssue): Pick<Described, "code" | "hint"> {
  const thrown: unknown = issue.code === "custom" ? issue.params?.["error"] : undefined;
  if (!(thrown instanceof DriftwardenError)) return {};
  return { code: thrown.code, hint: thrown.hint };
}

/**
 * One entry for each wrong key. The key that a misspelt one stands for is not reported as missing as well.
 *
 * @param moreKeys known at the top as well, beside the schema's own
 */
export function describeIssues(failed: Failed, moreKeys: readonly string[] = []): Described[] {
  const slips: Path[] = [];
  const unknown = failed.issues.flatMap((issue): Described[] => {
    if (issue.code !== "unrecognized_keys") return [];
    const { path } = issue;
    const known = [...knownKeys(failed.schema, path), ...(path.length === 0 ? moreKeys : [])];
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      if (meant !== undefined) slips.push([...path, meant]);
      return { path: [...path, key], message: describeUnknown(key, known) };
    });
  });
  const others = failed.issues
    .filter(
      (issue) => issue.code !== "unrecognized_keys" && !followsFrom(slips, issue, failed.input),
    )
    .map((issue) => ({
      path: issue.path,
      message: describe(issue, failed),
      ...ownWords(issue),
    }));
  return [...unknown, ...others];
}

/** Whether a misspelt key is the cause of an issue: a missing key, or a broken rule over its section. */
function followsFrom(slips: readonly Path[], issue: z.core.$ZodIssue, input: unknown): boolean {
  const path = issue.path.join(".");
  return slips.some((slip) => {
    const isMissing = path === slip.join(".") && valueAt(input, slip) === undefined;
    return isMissing || (issue.code === "custom" && path === slip.slice(0, -1).join("."));
  });
}
