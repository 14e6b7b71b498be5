/** The source files of the program and their syntax trees, for tests of how the code is built. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync, visitorKeys } from "oxc-parser";

/** A node of the tree (ESTree with TypeScript's nodes). */
export interface Syntax {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** The source files below a folder, each with its text. */
export function filesIn(folder: string): readonly (readonly [file: string, source: string])[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .map((name) => join(folder, name))
    .map((file) => [file, readFileSync(file, "utf8")]);
}

/** File → text, of src, detectors and remediations. */
export const sources: ReadonlyMap<string, string> = new Map(
  ["src", "detectors", "remediations"].flatMap(filesIn),
);

function isSyntax(value: unknown): value is Syntax {
  return typeof value === "object" && value !== null && "type" in value;
}

/** A child node; undefined when it is missing or no node. */
export function child(node: Syntax | undefined, key: string): Syntax | undefined {
  const value = node?.[key];
  return isSyntax(value) ? value : undefined;
}

/** The child nodes in a list. */
export function children(node: Syntax | undefined, key: string): readonly Syntax[] {
  const value = node?.[key];
  return Array.isArray(value) ? value.filter(isSyntax) : [];
}

/** Nodes of the whole file in the order of the text, each with the nodes around it, outermost first. */
export function nodesOf(file: string, source: string): readonly (readonly Syntax[])[] {
  const found: (readonly Syntax[])[] = [];
  const walk = (node: Syntax, around: readonly Syntax[]): void => {
    const path = [...around, node];
    found.push(path);
    for (const key of visitorKeys[node.type] ?? []) {
      const value = node[key];
      for (const next of Array.isArray(value) ? value : [value])
        if (isSyntax(next)) walk(next, path);
    }
  };
  walk({ ...parseSync(file, source).program }, []);
  return found;
}

/** The name of an identifier, or the text of a string. */
export function textOf(node: Syntax | undefined): string | undefined {
  if (node?.type === "Identifier" && typeof node["name"] === "string") return node["name"];
  return node?.type === "Literal" && typeof node["value"] === "string" ? node["value"] : undefined;
}

/** The property that `a.b`, `a["b"]` or `{ b }` names; undefined when it is computed at run time. */
export function propertyOf(node: Syntax): string | undefined {
  const key = child(node, node.type === "MemberExpression" ? "property" : "key");
  return node["computed"] === true && key?.type !== "Literal" ? undefined : textOf(key);
}
