/** Reads YAML text as plain data, with the line of each key. */
import {
  type Document,
  isMap,
  isNode,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLParseError,
} from "yaml";
import { messageOf } from "../errors.ts";
import type { Problem } from "./errors.ts";
import type { Path } from "./issues.ts";

export interface YamlSource {
  readonly value: unknown;
  /** Why the text cannot be used; `value` has no meaning then. */
  readonly problems: readonly Problem[];
  /** The line of the key at a path, or of its nearest parent that is in the file. */
  lineOf(path: Path): number | undefined;
}

/** One step of a path: the node that says where it is (a map's key, a list's item), and what lies below it. */
function step(node: unknown, part: PropertyKey): { at: unknown; value: unknown } | undefined {
  if (isSeq(node)) return { at: node.items[Number(part)], value: node.items[Number(part)] };
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => String(key) === String(part));
  return pair && { at: pair.key, value: pair.value };
}

/** Whether a value contains itself. Code that walks it would never end. */
function isEndless(value: unknown, above: readonly unknown[] = []): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (above.includes(value)) return true;
  return Object.values(value).some((part) => isEndless(part, [...above, value]));
}

/** The parser throws on an alias without an anchor, and on aliases that multiply. Its errors have no line. */
function toPlainData(document: Document.Parsed): { value: unknown; errors: readonly string[] } {
  if (document.errors.length > 0) return { value: undefined, errors: [] };
  try {
    const value: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
    return isEndless(value)
      ? { value: undefined, errors: ["an alias (*) stands inside what its anchor (&) names"] }
      : { value, errors: [] };
  } catch (error) {
    return { value: undefined, errors: [messageOf(error)] };
  }
}

/** The parser's message, in other words where it speaks of its own functions. */
function wordsOf({ code, message, pos }: YAMLParseError, text: string): string {
  if (code === "MULTIPLE_DOCS")
    return "a second YAML document begins with ---, and one is read; put everything into one";
  if (code === "BAD_ALIAS") return 'YAML reads what begins with * as an alias; quote it: "*"';
  if (code !== "DUPLICATE_KEY") return message;
  const key = /^[\w-]+/.exec(text.slice(pos[0]))?.[0];
  return key === undefined ? message : `the key ${key} stands there twice; keys must be unique`;
}

/** A name or a pattern that begins with * is an alias to YAML, unless it is quoted. */
function aliasWords(message: string): { readonly message: string; readonly hint?: string } {
  const name = /^Unresolved alias .*: (\S+)$/.exec(message)?.[1];
  if (name === undefined) return { message };
  return {
    message: `*${name} is an alias in YAML, and there is no anchor &${name}`,
    hint: `Quote what begins with *: "*${name}".`,
  };
}

/** The parser names the missing anchor, but not the line of the alias. */
function lineOfAlias(message: string, text: string): number | undefined {
  const name = /^Unresolved alias .*: (\S+)$/.exec(message)?.[1];
  const before = name === undefined ? undefined : text.split(`*${name}`)[0];
  return before?.split("\n").length;
}

export function readYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): number => lines.linePos(offset).line;
  const { value, errors } = toPlainData(document);
  const problems = [
    ...document.errors.map((error) => ({
      line: lineAt(error.pos[0]),
      path: "",
      message: wordsOf(error, text),
    })),
    ...errors.map((message) => ({
      line: lineOfAlias(message, text),
      path: "",
      ...aliasWords(message),
    })),
  ];
  return {
    value,
    problems,
    lineOf(path) {
      let node: unknown = document.contents;
      let line: number | undefined;
      for (const part of path) {
        const next = step(node, part);
        if (next === undefined) return line;
        if (isNode(next.at) && next.at.range) line = lineAt(next.at.range[0]);
        node = next.value;
      }
      return line;
    },
  };
}
