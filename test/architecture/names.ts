/** Which names of types are declared where. */
import { child, children, nodesOf, type Syntax, textOf } from "./syntax.ts";

const types = /^(TSTypeAliasDeclaration|TSInterfaceDeclaration|ClassDeclaration)$/;

interface Declared {
  readonly name: string;
  readonly exported: boolean;
}

/** Types, interfaces and classes at the top of a file. */
function declaredIn(file: string, source: string): readonly Declared[] {
  const statements = children(nodesOf(file, source)[0]?.[0], "body");
  const listed = new Set(
    statements.flatMap((statement) =>
      children(statement, "specifiers").map((specifier) => textOf(child(specifier, "local"))),
    ),
  );
  return statements.flatMap((statement) => {
    const inner = child(statement, "declaration");
    const declaration: Syntax = inner ?? statement;
    const name = textOf(child(declaration, "id"));
    if (name === undefined || !types.test(declaration.type)) return [];
    return [{ name, exported: inner !== undefined || listed.has(name) }];
  });
}

/** `Name: file, file` for every exported type whose name another file declares too. */
export function namesTwice(sources: ReadonlyMap<string, string>): readonly string[] {
  const places = new Map<string, { readonly files: Set<string>; exported: boolean }>();
  for (const [file, source] of sources) {
    for (const { name, exported } of declaredIn(file, source)) {
      const place = places.get(name) ?? { files: new Set(), exported: false };
      place.files.add(file);
      place.exported ||= exported;
      places.set(name, place);
    }
  }
  return [...places]
    .filter(([, { files, exported }]) => exported && files.size > 1)
    .map(([name, { files }]) => `${name}: ${[...files].join(", ")}`);
}
