/** What a file imports and exports. */
import { dirname, join, normalize } from "node:path";
import { parseSync } from "oxc-parser";
import { child, children, nodesOf, type Syntax, textOf } from "./syntax.ts";

export interface Module {
  /** Of every kind of import: static, dynamic, `import("…")` types, require, re-exports. */
  readonly imports: readonly string[];
  readonly exportsDefault: boolean;
  readonly exportsAll: boolean;
}

export function moduleOf(file: string, source: string): Module {
  const { module } = parseSync(file, source);
  const exported = module.staticExports.flatMap((entry) => entry.entries);
  const specifiers = [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...exported.flatMap((entry) => entry.moduleRequest?.value ?? []),
    ...nodesOf(file, source).flatMap((path) => innerImport(path.at(-1)) ?? []),
  ];
  return {
    imports: specifiers.map((name) =>
      name.startsWith(".") ? normalize(join(dirname(file), name)) : name,
    ),
    exportsDefault: exported.some((entry) => entry.exportName.kind.startsWith("Default")),
    exportsAll: exported.some((entry) => entry.importName.kind.startsWith("All")),
  };
}

/** @throws when nobody can say what is imported before the program runs */
function innerImport(node: Syntax | undefined): string | undefined {
  const name = requested(node);
  if (name === undefined) return undefined;
  const text = textOf(name);
  if (name.type !== "Literal" || text === undefined) {
    throw new Error("an import names its module with a literal");
  }
  return text;
}

function requested(node: Syntax | undefined): Syntax | undefined {
  if (node?.type === "ImportExpression" || node?.type === "TSImportType") {
    return child(node, "source");
  }
  const requires = node?.type === "CallExpression" && textOf(child(node, "callee")) === "require";
  return requires ? children(node, "arguments")[0] : undefined;
}
