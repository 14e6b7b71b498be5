/** `columns:` of a source: which columns hold the time, the model and the importances, in one of three shapes. */
import { z } from "zod";
import { anyObject, identifier } from "./fields.ts";

/** Most columns of a table in Postgres. */
const mostColumns = 1600;
/** Most columns that name the model together. */
const mostParts = 8;

const names = (most: number) => z.array(identifier).min(1, "lists nothing").max(most);

const keys = z.strictObject({
  timestamp: identifier.default("timestamp"),
  model: z
    .union([identifier, names(mostParts)], {
      error: `expected the name of a column of 1 to 63 bytes, or a list of at most ${mostParts} names`,
    })
    .optional(),
  feature: identifier.optional(),
  importance: identifier.optional(),
  features: names(mostColumns).optional(),
  values: identifier.optional(),
});

type Given = z.output<typeof keys>;
type Common = Pick<Given, "timestamp" | "model">;
type OneShape =
  /** One row an importance. */
  | { readonly feature: string; readonly importance: string }
  /** One row an attribution, a column a feature. */
  | { readonly features: readonly string[] }
  /** One row an attribution, a json or jsonb object from feature to number. */
  | { readonly values: string };

const shapes = "feature with importance, features, or values";

/** Takes any value in any key, because these rules are checked even if the value of a key is wrong by itself. */
function shapeProblems(given: Readonly<Record<string, unknown>>): readonly [string, string][] {
  const isThere = (key: string): boolean => given[key] !== undefined;
  const forms = [
    ["feature", "importance"].filter(isThere).slice(0, 1),
    ["features"].filter(isThere),
    ["values"].filter(isThere),
  ].flat();
  const mixed = forms
    .slice(1)
    .map((key): [string, string] => [
      key,
      `cannot stand beside ${forms[0]}; give one of ${shapes}`,
    ]);
  return [...mixed, ...repeated(given)];
}

/**
 * A column has one meaning.
 *
 * @yields the key that names a column again, with what is wrong
 */
function* repeated(given: Readonly<Record<string, unknown>>): Generator<[string, string]> {
  const seen = new Map<unknown, string>();
  for (const key of ["timestamp", "model", "feature", "importance", "features", "values"]) {
    for (const name of [given[key]].flat()) {
      if (typeof name !== "string") continue;
      const other = seen.get(name);
      if (other !== undefined) {
        const where = other === key ? "twice" : `as ${other} already`;
        yield [key, `names the column ${JSON.stringify(name)} ${where}; each has one meaning`];
      }
      seen.set(name, key);
    }
  }
}

/** OpenClaw's column names are the defaults of the long shape. */
function withDefaults({
  feature = "feature_name",
  importance = "importance",
  features,
  values,
  ...common
}: Given): Common & OneShape {
  if (features !== undefined) return { ...common, features };
  if (values !== undefined) return { ...common, values };
  return { ...common, feature, importance };
}

export const sourceColumns = keys
  .superRefine(
    (given, context) => {
      for (const [key, message] of shapeProblems(given))
        context.addIssue({ code: "custom", path: [key], message });
    },
    { when: anyObject },
  )
  .transform(withDefaults);

/** The unit of a column of numbers that holds the time since 1970. */
export const timeUnit = z.enum(["seconds", "milliseconds", "microseconds"]);
