/** The option `--columns`: `timestamp=ts,model=name+segment,feature=f,importance=v`, or `features=a+b`, or `values=v`. */
import type { GivenColumns } from "../replay/columns.ts";
import { CliError } from "./errors.ts";

const roles = ["timestamp", "model", "feature", "importance", "features", "values"] as const;
type GivenRole = (typeof roles)[number];

/** Roles that several columns can have together. Their names are joined by `+`. */
const severally: ReadonlySet<GivenRole> = new Set(["model", "features"]);

const shapes: readonly (readonly GivenRole[])[] = [
  ["feature", "importance"],
  ["features"],
  ["values"],
];

/** @throws CliError DW_CLI_USAGE */
export function givenColumns(text: string | undefined): GivenColumns {
  if (text === undefined) return {};
  const named = text.split(",").map((pair) => namedIn(text, pair));
  refuseTwice(
    text,
    "role",
    named.map(({ role }) => role),
  );
  refuseTwice(
    text,
    "column",
    named.flatMap(({ names }) => names),
  );
  refuseTwoShapes(
    text,
    named.map(({ role }) => role),
  );
  const { model: models = [], features, values, ...single } = byRole(named);
  const one = Object.entries(single).map(([role, [name]]) => [role, name]);
  return {
    names: {
      ...Object.fromEntries(one),
      ...(models.length === 1 && { model: models[0] }),
    },
    ...(models.length > 1 && { modelParts: models }),
    ...(features !== undefined && { features }),
    ...(values !== undefined && { values: values[0]! }),
  };
}

interface ColumnsOfRole {
  readonly role: GivenRole;
  readonly names: readonly string[];
}

const byRole = (named: readonly ColumnsOfRole[]): Partial<Record<GivenRole, readonly string[]>> =>
  Object.fromEntries(named.map(({ role, names }) => [role, names]));

function namedIn(text: string, pair: string): ColumnsOfRole {
  const at = pair.indexOf("=");
  const role = roles.find((known) => known === pair.slice(0, at).trim());
  const given = pair.slice(at + 1).trim();
  const parts = role !== undefined && severally.has(role) ? given.split("+") : [given];
  const names = parts.map((name) => name.trim());
  if (role === undefined || names.includes(""))
    throw usage(
      `--columns ${text}: ${pair} names no column`,
      `Write role=name, separated by commas; the roles are ${roles.join(", ")}. Several columns: model=name+segment.`,
    );
  return { role, names };
}

function refuseTwice(text: string, what: string, given: readonly string[]): void {
  const twice = given.find((one, i) => given.indexOf(one) < i);
  if (twice === undefined) return;
  const hint = "Each role has one column of its own.";
  throw usage(`--columns ${text} names the ${what} ${twice} twice`, hint);
}

function refuseTwoShapes(text: string, given: readonly GivenRole[]): void {
  const [one, other] = shapes.flatMap((shape) => shape.find((role) => given.includes(role)) ?? []);
  if (one === undefined || other === undefined) return;
  throw usage(
    `--columns ${text} names ${one} and ${other}`,
    "A table has one shape: give feature with importance, features, or values.",
  );
}

const usage = (message: string, hint: string): CliError =>
  new CliError("DW_CLI_USAGE", message, { hint });
