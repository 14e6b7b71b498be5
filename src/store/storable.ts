/** Makes text storable: replaces the characters that Postgres cannot store. */
import type { Value } from "./query.ts";

const replacement = "\uFFFD";
/**
 * NUL and halves of surrogate pairs, as JSON escapes them. After an odd number of backslashes, `\u` is text and no
 * escape.
 */
const escaped = /(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/gi;

/**
 * Postgres refuses NUL, and in JSON the escapes of NUL and of surrogates. Such a character in a container's name or a
 * comment would make every write of the row fail. Each of them becomes U+FFFD. A text that is hashed before it is
 * stored must be converted first. `toJson` converts it.
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
