/** Every condition, comparison and return of a source file, each as the changes that a test should notice. */
import { child, nodesOf, type Syntax } from "../architecture/syntax.ts";

/** One place in one file, and what stands there instead. */
export interface Mutant {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly from: string;
  readonly to: string;
  /** Where `from` stands in the text. */
  readonly start: number;
  /** The expression that is another one with the mutant: `from` itself, or the comparison whose operator `from` is. */
  readonly whole: readonly [start: number, end: number];
}

const comparisons: Readonly<Record<string, string>> = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "&&": "||",
  "||": "&&",
};

export function mutantsOf(file: string, source: string): readonly Mutant[] {
  return nodesOf(file, source).flatMap((path) => {
    const node = path.at(-1);
    return node === undefined ? [] : changesOf(node, source).map((change) => ({ file, ...change }));
  });
}

/** The source with the mutant in it. @throws Error when the file says something else by now */
export function withMutant(source: string, mutant: Mutant): string {
  const { file, from, start, whole } = mutant;
  if (!source.startsWith(from, start)) throw new Error(`${file} does not say any more: ${from}`);
  const instead = changedWhole(source, mutant);
  // Another operator binds otherwise.
  const bound = instead === mutant.to ? instead : `(${instead})`;
  return source.slice(0, whole[0]) + bound + source.slice(whole[1]);
}

/** What stands in the place of the whole expression. */
export function changedWhole(source: string, { whole, start, from, to }: Mutant): string {
  return source.slice(whole[0], start) + to + source.slice(start + from.length, whole[1]);
}

type Change = Omit<Mutant, "file">;

function changesOf(node: Syntax, source: string): readonly Change[] {
  const instead = (part: Syntax | undefined, ...texts: readonly string[]): readonly Change[] =>
    texts.flatMap((to) => changed(part, to, source));
  switch (node.type) {
    case "IfStatement":
    case "ConditionalExpression":
      return instead(child(node, "test"), "true", "false");
    case "WhileStatement":
    case "ForStatement":
      // A loop that never ends is found by the clock, and costs a minute.
      return instead(child(node, "test"), "false");
    case "BinaryExpression":
    case "LogicalExpression":
      return swapped(node, source);
    case "ReturnStatement":
      return instead(child(node, "argument"), "undefined");
    case "ArrowFunctionExpression":
      return node["expression"] === true ? instead(child(node, "body"), "undefined") : [];
    default:
      return [];
  }
}

/** The operator of a comparison, moved to its neighbour. */
function swapped(node: Syntax, source: string): readonly Change[] {
  const operator = String(node["operator"]);
  const other = comparisons[operator];
  if (other === undefined) return [];
  const [, leftEnd] = rangeOf(child(node, "left"));
  const start = source.indexOf(operator, leftEnd);
  return [{ line: lineOf(source, start), from: operator, to: other, start, whole: rangeOf(node) }];
}

function changed(part: Syntax | undefined, to: string, source: string): readonly Change[] {
  const whole = rangeOf(part);
  const [start, end] = whole;
  const from = source.slice(start, end);
  return from === to || from === ""
    ? []
    : [{ line: lineOf(source, start), from, to, start, whole }];
}

const rangeOf = (node: Syntax | undefined): readonly [start: number, end: number] => [
  Number(node?.["start"] ?? 0),
  Number(node?.["end"] ?? 0),
];

function lineOf(source: string, start: number): number {
  return source.slice(0, start).split("\n").length;
}
