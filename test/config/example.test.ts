import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { configSchema } from "../../src/config/schema.ts";

const file = "systemd/driftwarden.example.yaml";
const example = readFileSync(file, "utf8");
/** With the keys that have no default, `#key:`, switched on. */
const everything: unknown = parse(example.replaceAll(/^(\s*)#(?=\w|- )/gm, "$1"));

type JsonSchema = z.core.JSONSchema.JSONSchema;

interface Key {
  readonly path: string;
  readonly default: unknown;
}

/** Every key a schema has; `*` stands for any name in a map or any place in a list. */
function keysOf(schema: JsonSchema, path = ""): readonly Key[] {
  const below = (inner: JsonSchema["items"] | undefined, name: string): readonly Key[] =>
    typeof inner === "object" && !Array.isArray(inner) ? keysOf(inner, `${path}${name}.`) : [];
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const value = typeof inner === "object" ? inner.default : undefined;
    return [{ path: `${path}${name}`, default: value }, ...below(inner, name)];
  });
  // `fields` of jira takes any value: a map of unknown things has no keys of its own.
  return [...own, ...below(schema.additionalProperties, "*"), ...below(schema.items, "*")];
}

/** The values a document has at a path with `*` in it. */
function valuesAt(value: unknown, path: readonly string[]): readonly unknown[] {
  const [part, ...rest] = path;
  if (part === undefined) return [value];
  if (typeof value !== "object" || value === null) return [];
  if (part === "*") return Object.values(value).flatMap((inner) => valuesAt(inner, rest));
  return Object.hasOwn(value, part) ? valuesAt(Reflect.get(value, part), rest) : [];
}

const schema = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" });
const keys = keysOf(schema);
/** Sections whose defaults stand at their keys. */
const isSection = (value: unknown): boolean => typeof value === "object";

describe("the example configuration", () => {
  it("is right", () => {
    expect(() => parseConfig(example, { file, remediations })).not.toThrow();
  });

  it("shows a Kafka section that is right as well", () => {
    const [stream] = valuesAt(everything, ["stream"]);
    const text = JSON.stringify({ stream, store: { url: "postgres://h/d" }, sources: { a: {} } });
    expect(() => parseConfig(text, { file, remediations })).not.toThrow();
  });

  it.each(keys.map((key) => key.path))("shows %s", (path) => {
    expect(valuesAt(everything, path.split("."))).not.toEqual([]);
  });

  it.each(keys.filter((key) => key.default !== undefined && !isSection(key.default)))(
    "shows the default of $path",
    (key) => {
      expect(valuesAt(everything, key.path.split("."))).toEqual([key.default]);
    },
  );
});
