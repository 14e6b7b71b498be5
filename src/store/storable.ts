/** Makes text storable: replaces what Postgres cannot hold, for every column and every room. */
import type { Value } from "./query.ts";

const replacement = "\uFFFD";
/** NUL and halves of surrogate pairs, as JSON escapes them. An even number of backslashes before an escape is text. */
const escaped = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi;

/**
 * Postgres refuses NUL, and in JSON the escapes of NUL and of surrogates. In a container's name or a comment they
 * would make every attempt to store the row fail. Each of them becomes U+FFFD. A text that is hashed before it is
 * stored has to go through here first: `toJson` does so.
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
