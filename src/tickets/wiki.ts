/** Jira's wiki markup: the few forms that tickets use, and the escaping of everything that comes from data. */
import { oneLine } from "../messages/text.ts";

/**
 * Text from data that cannot become markup, a mention, a link, a macro or a new line.
 *
 * Every mark is escaped, except `_` and `-` inside a word, where they are harmless and names are full of them.
 *
 * @param max characters of the text before escaping
 */
export function escaped(text: string, max = 80): string {
  // An empty cell would turn its neighbour into a header.
  return (oneLine(text, max) || "(empty)")
    .replaceAll("\\", "∖") // two backslashes are a line break, and none escapes itself everywhere
    .replaceAll(/[{}[\]!|*^~#@+?():;<>]/g, "\\$&")
    .replaceAll(/(?<![\p{L}\p{N}])[_-]|[_-](?![\p{L}\p{N}])/gu, "\\$&")
    .replaceAll(/\b(h[1-6]|bq)\./g, "$1\\.");
}

/** Cells are markup already. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  return [`||${header.join("||")}||`, ...rows.map((cells) => `|${cells.join("|")}|`)].join("\n");
}

/** A command to type, exactly as it is. */
export function command(text: string): string {
  return `{noformat}\n${text.replaceAll(/[\p{Cc}{}]/gu, " ")}\n{noformat}`;
}

/** @param url from config, http or https */
export function link(text: string, url: string): string {
  return `[${escaped(text)}|${url.replaceAll(/[\s|[\]{}\\]/g, encodeURIComponent)}]`;
}

/** The last line of what Driftwarden writes: by it a comment is known again. */
export function footer(mark: string): string {
  return `{color:#97a0af}${mark}{color}`;
}
