/** Makes text storable: replaces what Postgres cannot hold, for every column and every room. */
import type { Value } from "./query.ts";

const replacement = "\uFFFD";
/** NUL, and half of a surrogate pair, as JSON writes them. An even number of backslashes before one are text themselves. */
const escaped = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi;

/**
 * NUL from a container's name, a topic or a person's comment would make every try to store the row fail. U+FFFD takes its place, as in any
 * decoder. What is hashed before it is stored has to go through here first: `toJson` does so.
 */
export function storableText(text: string): string {
  const plain = text.includes("\0") ? text.replaceAll("\0", replacement) : text;
  return plain.includes("\\u") ? plain.replaceAll(escaped, `$1${replacement}`) : plain;
}

export function storable(value: Value): Value {
  if (typeof value === "string") return storableText(value);
  return isList(value) ? value.map(storable) : value;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
