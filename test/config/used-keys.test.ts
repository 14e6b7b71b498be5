import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { configSchema } from "../../src/config/schema.ts";

type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Sections that a room takes as they are; it reads their keys, and the compiler sees to it that they fit. */
const handedOnWhole = ["columns", "sasl", "priorities", "listen", "container"];
/** These are read where the configuration itself is read. */
const ownKeys = ["url", "url_file", "password_file"];

/** Makes TypeScript of the schema in which every key is deprecated, so that the linter names each place that reads it. */
class Deprecating {
  readonly keys: string[] = [];
  readonly #interfaces: string[] = [];

  typeOf(schema: JsonSchema["items"], path: string): string {
    if (typeof schema !== "object" || Array.isArray(schema)) return "any";
    const { properties, additionalProperties, items } = schema;
    if (items !== undefined) return `readonly ${this.typeOf(items, path)}[]`;
    if (typeof additionalProperties === "object") {
      return `Readonly<Record<string, ${this.typeOf(additionalProperties, path)}>>`;
    }
    return properties === undefined ? "any" : this.#interfaceOf(properties, path);
  }

  /** The schema as a module that exports `Config`. */
  get text(): string {
    return this.#interfaces.join("\n");
  }

  #interfaceOf(properties: NonNullable<JsonSchema["properties"]>, path: string): string {
    const fields = Object.entries(properties).map(([key, schema]) => {
      const here = path === "" ? key : `${path}.${key}`;
      if (!ownKeys.includes(key)) this.keys.push(here);
      const type = handedOnWhole.includes(key) ? "any" : this.typeOf(schema, here);
      return `  /** @deprecated key ${here} */\n  readonly ${key}: ${type};`;
    });
    const name = path === "" ? "Config" : `Section${this.#interfaces.length}`;
    this.#interfaces.push(`export interface ${name} {\n${fields.join("\n")}\n}`);
    return name;
  }
}

const found = z.object({ diagnostics: z.array(z.object({ message: z.string() })) });

/** The keys that files read of a configuration whose type is `schema`. @param root holds the files */
function readKeys(root: string, files: readonly string[]): ReadonlySet<string> {
  const rules = { plugins: ["typescript"], rules: { "typescript/no-deprecated": "error" } };
  writeFileSync(join(root, "only-deprecated.json"), JSON.stringify(rules));
  const linter = join(root, "node_modules/.bin/oxlint");
  const given = ["-c", "only-deprecated.json", "--type-aware", "--format=json", ...files];
  const { stdout } = spawnSync(linter, given, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 100_000_000,
  });
  const { diagnostics } = found.parse(JSON.parse(stdout));
  return new Set(
    diagnostics.flatMap(({ message }) => /deprecated\. key ([\w.]+)/.exec(message)?.[1] ?? []),
  );
}

const deprecating = new Deprecating();
deprecating.typeOf(z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" }), "");

const roots: string[] = [];
/** A copy of the program in which the type of the configuration is replaced. */
function copied(): string {
  const root = mkdtempSync(join(tmpdir(), "driftwarden-keys-"));
  roots.push(root);
  for (const folder of ["src", "detectors", "remediations"]) {
    cpSync(folder, join(root, folder), { recursive: true });
  }
  cpSync("tsconfig.json", join(root, "tsconfig.json"));
  symlinkSync(join(process.cwd(), "node_modules"), join(root, "node_modules"));
  writeFileSync(join(root, "src/config/schema.ts"), deprecating.text);
  return root;
}

afterAll(() => {
  for (const root of roots) rmSync(root, { recursive: true });
});

describe("the keys of the configuration", () => {
  const root = copied();
  const files = readdirSync("src", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.startsWith("config"))
    .map((name) => join("src", name));
  const read = readKeys(root, files);

  it.each(deprecating.keys)("somebody reads %s", (key) => {
    expect(read.has(key)).toBe(true);
  });

  it("would see that nobody reads a key, however common its name", () => {
    mkdirSync(join(root, "planted"));
    writeFileSync(
      join(root, "planted/reader.ts"),
      `import type { Config } from "../src/config/schema.ts";
      export function read({ docker, fixes }: Config): unknown {
        return fixes.map(({ name, ...fix }) => ({ name, mode: fix.mode, socket: docker.deadline }));
      }`,
    );
    expect(readKeys(root, ["planted/reader.ts"])).toEqual(
      new Set(["docker", "docker.deadline", "fixes", "fixes.name", "fixes.mode"]),
    );
  });
});
