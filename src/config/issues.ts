/** Turns zod's issues into text for the operator. It repeats no value of the file, because it may be a secret. */
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

/** The keys a schema knows at a path, before and after what it turns into something else. */
function knownKeys(schema: z.ZodType, path: Path): readonly string[] {
  const keys = (["input", "output"] as const).flatMap((io) => {
    let place: JsonSchema | undefined = z.toJSONSchema(schema, { io, unrepresentable: "any" });
    for (const part of path) place = below(place, part);
    return Object.keys(place?.properties ?? {});
  });
  return [...new Set(keys)];
}

/** What stands at a path of plain data; undefined when nothing does. */
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

function describeType(issue: z.core.$ZodIssueInvalidType, value: unknown): string {
  const wanted = names[issue.expected] ?? issue.expected;
  const said = issue.message.startsWith("Invalid input") ? `expected ${wanted}` : issue.message;
  return `${said}, found ${kindOf(value)}`;
}

function describeChoice(issue: z.core.$ZodIssueInvalidValue, value: unknown): string {
  const choices = issue.values.map(String);
  const meant = typeof value === "string" ? nearest(value, choices) : undefined;
  const one = choices.length === 1 ? "expected" : "expected one of";
  return `${one} ${choices.join(", ")}${meant === undefined ? "" : `; did you mean ${meant}?`}`;
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

function describe(issue: z.core.$ZodIssue, value: unknown): string {
  const { code } = issue;
  if (value === undefined && ["invalid_type", "invalid_value", "invalid_union"].includes(code)) {
    return "is missing";
  }
  if (code === "invalid_type") return describeType(issue, value);
  if (code === "invalid_value") return describeChoice(issue, value);
  if (code === "invalid_union") return describeUnion(issue, value);
  return (code === "invalid_key" ? issue.issues[0] : issue)?.message ?? issue.message;
}

/** What a schema hands on of an error of its own: its code and hint. */
function ownWords(issue: z.core.$ZodIssue): Pick<Described, "code" | "hint"> {
  const thrown: unknown = issue.code === "custom" ? issue.params?.["error"] : undefined;
  if (!(thrown instanceof DriftwardenError)) return {};
  return { code: thrown.code, hint: thrown.hint };
}

/**
 * One entry for every wrong key. A misspelt key is said once: that the one which was meant is missing is not said too.
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
      message: describe(issue, valueAt(failed.input, issue.path)),
      ...ownWords(issue),
    }));
  return [...unknown, ...others];
}

/** Whether a key is missing because it was misspelt, or a rule over its section is broken by that. */
function followsFrom(slips: readonly Path[], issue: z.core.$ZodIssue, input: unknown): boolean {
  const path = issue.path.join(".");
  return slips.some((slip) => {
    const isMissing = path === slip.join(".") && valueAt(input, slip) === undefined;
    return isMissing || (issue.code === "custom" && path === slip.slice(0, -1).join("."));
  });
}
