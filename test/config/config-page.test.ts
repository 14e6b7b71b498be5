/** docs/reference/config.md is what the schema says of its own keys. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { configSchema } from "../../src/config/schema.ts";

type JsonSchema = z.core.JSONSchema.JSONSchema;

interface Key {
  readonly path: string;
  readonly type: string;
  /** As JSON; empty where there is none. */
  readonly default: string;
  readonly required: boolean;
}

/** `*` stands for any name in a map, `[]` for any place in a list. */
function keysOf(schema: JsonSchema["items"], path: string): readonly Key[] {
  if (typeof schema !== "object" || Array.isArray(schema)) return [];
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    if (typeof inner !== "object") return [];
    const here = path === "" ? name : `${path}.${name}`;
    const known = inner.default === undefined ? "" : JSON.stringify(inner.default);
    const required = (schema.required ?? []).includes(name);
    const key = { path: here, type: typeOf(inner), default: known, required };
    return [key, ...keysOf(inner, here)];
  });
  return [
    ...own,
    ...keysOf(schema.additionalProperties, `${path}.*`),
    ...keysOf(schema.items, `${path}[]`),
    ...(schema.anyOf ?? []).flatMap((one) => keysOf(one, path)),
  ];
}

function typeOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((one) => JSON.stringify(one)).join(", ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf !== undefined)
    return [...new Set(schema.anyOf.map((one) => typeOf(one)))].join(" or ");
  if (schema.type === "object") return schema.properties === undefined ? "map" : "section";
  if (schema.type === "array") return "list";
  return [schema.type ?? "text"].flat().join(" or ");
}

/** A bar would end the cell. */
const cell = (text: string): string => text.replaceAll("|", String.raw`\|`);
const code = (text: string): string => (text === "" ? "" : `\`${cell(text)}\``);
const withoutSection = ({ path, default: known }: Key): string =>
  /^[[{]/.test(known) && !path.includes("[]") && known.length > 60 ? "" : known;

function page(): string {
  const schema = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" });
  const all = keysOf(schema, "");
  const paths = new Set<string>();
  const keys = all.filter(({ path }) => !paths.has(path) && paths.add(path));
  const sections = [...new Set(keys.map(({ path }) => path.split(/[.[]/)[0] ?? ""))];
  const tables = sections.map((section) => {
    const rows = keys
      .filter(({ path }) => path.split(/[.[]/)[0] === section)
      .map(
        (key) =>
          `| \`${key.path}\` | ${cell(key.type)} | ${key.required ? "yes" : ""} | ${code(withoutSection(key))} |`,
      );
    return `## ${section}\n\n| key | type | required | default |\n|---|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `# Configuration

Every key of the configuration file. \`*\` stands for a name that you choose, \`[]\` for each entry of a list. What a key
changes: [driftwarden.example.yaml](../../systemd/driftwarden.example.yaml). An unknown key is an error. What a fix takes
beside these keys depends on its \`do:\`. This page is generated from the schema.

${tables.join("\n")}`;
}

describe("docs/reference/config.md", () => {
  it("shows every key of the schema; if it is stale, run this test with --update", async () => {
    await expect(page()).toMatchFileSnapshot("../../docs/reference/config.md");
  });

  it("names no section that the schema lacks, and every one that it has", () => {
    const sections = [...readFileSync("docs/reference/config.md", "utf8").matchAll(/^## (.*)$/gm)];
    expect(sections.map(([, name]) => name)).toEqual(Object.keys(configSchema.shape));
  });
});
