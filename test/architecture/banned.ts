/** What a file may not say: the clock and chance in rooms that decide, the process anywhere but in main.ts. */
import { child, children, nodesOf, propertyOf, type Syntax, textOf } from "./syntax.ts";

type Path = readonly Syntax[];

/** Files that decide and do nothing else: the same input gives the same output, in a replay as well. */
export const pure =
  /^(detectors\/|src\/detection\/(?!partition\/(worker|drop-notices)\.)|src\/incidents\/(?!record-events\.)|src\/healing\/gates\/|src\/outbox\/(executor|effect-failure|circuit-breaker)\.ts$)/;

/** Globals that give a pure file a clock, chance, a timer, the network, the process, or a way around this list. */
const impure = new Set(
  "performance crypto fetch WebSocket EventSource XMLHttpRequest setTimeout setInterval setImmediate queueMicrotask process console globalThis global require eval Function".split(
    " ",
  ),
);

/** Modules → what a pure file may take from them; from others the table of layers decides. */
const taken: Readonly<Record<string, readonly string[]>> = {
  "node:crypto": ["createHash"],
  "src/clock.ts": [],
  "src/permit.ts": ["isGood", "laterBy"],
};

/** What a pure file says though it may not. */
export function impurities(file: string, source: string): readonly string[] {
  return nodesOf(file, source).flatMap((path) => impurity(path) ?? []);
}

function impurity(path: Path): string | undefined {
  const node = path.at(-1);
  if (node?.type === "ImportExpression") return "import()";
  if (node?.type === "ImportDeclaration") return impureImport(node);
  return impureName(path, reference(path) ?? "");
}

function impureName(path: Path, name: string): string | undefined {
  if (impure.has(name)) return name;
  if (name === "Date" && !isGivenDate(path)) return "Date without a given time";
  if (name === "Math" && !isArithmetic(path)) return "Math.random";
  return undefined;
}

/** An import of values; types do nothing. */
function impureImport(node: Syntax): string | undefined {
  const from = textOf(child(node, "source")) ?? "";
  const module = from.replace(/^(\.\.\/)+(src\/)?/, "src/");
  const allowed = taken[module];
  if (allowed === undefined || node["importKind"] === "type") return undefined;
  const values = children(node, "specifiers")
    .filter((specifier) => specifier["importKind"] !== "type")
    .map((specifier) => textOf(child(specifier, "imported")) ?? "*");
  const wrong = values.filter((value) => !allowed.includes(value));
  return wrong.length === 0 ? undefined : `${wrong.join(", ")} of ${from}`;
}

/** `new Date(ms)`, `Date.UTC(…)`, `Date.parse(…)`, and the type. */
function isGivenDate(path: Path): boolean {
  const around = path.at(-2);
  if (around?.type === "NewExpression") return children(around, "arguments").length > 0;
  return around?.type === "TSTypeReference" || ["UTC", "parse"].includes(memberOf(path) ?? "now");
}

function isArithmetic(path: Path): boolean {
  return (memberOf(path) ?? "random") !== "random";
}

/** The property that is taken of the node at the end of the path; undefined when it is used otherwise. */
function memberOf(path: Path): string | undefined {
  const around = path.at(-2);
  const isObject = around?.type === "MemberExpression" && child(around, "object") === path.at(-1);
  return isObject ? propertyOf(around) : undefined;
}

/** The name that the end of the path refers to; undefined when it is no name, or that of a property. */
function reference(path: Path): string | undefined {
  const [around, node] = path.slice(-2);
  if (node?.type !== "Identifier") return undefined;
  const named = child(around, around?.type === "MemberExpression" ? "property" : "key");
  const isName = named === node && around?.["computed"] !== true && around?.["shorthand"] !== true;
  return isName ? undefined : textOf(node);
}

const main = /^src\/main\.ts$/;
/** What of the process only some files may use; what is not named here is free. */
const processPlaces: Readonly<Record<string, RegExp>> = {
  exit: main,
  abort: main,
  exitCode: main,
  env: /^src\/(main\.ts$|cli\/|sandbox\/)/,
};
const ending = /^(SIG|uncaught|unhandled)/;

/** Uses of the process and the console that belong elsewhere. */
export function wrongUses(file: string, source: string): readonly string[] {
  return nodesOf(file, source).flatMap((path) => {
    const name = reference(path);
    if (name === "console") return ["console"];
    if (path.at(-1)?.type === "ImportDeclaration" && importsProcess(path.at(-1))) {
      return ["node:process"];
    }
    if (name !== "process") return [];
    const member = memberOf(path);
    // Handed on or taken apart, nobody sees any more what becomes of it.
    if (member === undefined) return ["process"];
    const wrong = listens(path, member)
      ? !main.test(file)
      : processPlaces[member]?.test(file) === false;
    return wrong ? [`process.${member}`] : [];
  });
}

function importsProcess(node: Syntax | undefined): boolean {
  return /^(node:)?process$/.test(textOf(child(node, "source")) ?? "");
}

/** `process.on("SIGTERM", …)`; a name that is not written out may be any. */
function listens(path: Path, member: string): boolean {
  if (!/^(on|once|addListener|prependListener)$/.test(member)) return false;
  const [event] = children(path.at(-3), "arguments");
  return event?.type !== "Literal" || ending.test(textOf(event) ?? "");
}
