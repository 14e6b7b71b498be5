import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { z } from "zod";
import { configSchema } from "../../src/config/schema.ts";

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Sections that a room takes as they are; it reads their keys, and the compiler sees to it that they fit. */
const handedOnWhole = ["columns", "sasl", "priorities", "listen"];

function namesOf(schema: JsonSchema["items"] | undefined): readonly string[] {
  if (typeof schema !== "object" || Array.isArray(schema)) return [];
  const { properties = {}, additionalProperties, items } = schema;
  const sections = Object.entries(properties).filter(([name]) => !handedOnWhole.includes(name));
  return [
    ...Object.keys(properties),
    ...sections.flatMap(([, section]) => namesOf(section)),
    ...namesOf(additionalProperties),
    ...namesOf(items),
  ];
}

const schema = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" });
/** These are read where the configuration itself is read. */
const ownKeys = ["url", "url_file", "password_file"];
const keys = [...new Set(namesOf(schema))].filter((key) => !ownKeys.includes(key));
/** Whoever reads the configuration imports its type, or builds from it in app/; no room does. */
const code = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts") && !name.startsWith("config"))
  .map((name) => ({ name, source: readFileSync(join("src", name), "utf8") }))
  .filter(({ name, source }) => name.startsWith("app/") || source.includes("/config/"))
  .map(({ source }) => source)
  .join("\n");

it.each(keys)("somebody reads the key %s", (key) => {
  expect(new RegExp(`\\b${key}\\b`).test(code)).toBe(true);
});
