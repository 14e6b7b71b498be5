/** Messages in Jira's wiki markup: the few forms that messages use, and the escaping of everything that comes from data. */
import {
  type BlockRenderer,
  type InlineRenderer,
  type Line,
  type Message,
  renderBlock,
  renderLine,
} from "../../messages/message.ts";

/** A description or comment. */
export function renderWiki(message: Message): string {
  return message
    .map((section) => section.map((block) => renderBlock(block, blocks)).join("\n"))
    .join("\n\n");
}

/**
 * The mark of a comment that {@link renderWiki} wrote. It counts on the last line only, because a person may quote our
 * comment. Jira may have stored it with or without its colour.
 */
export function markIn(body: string): string | undefined {
  return /(?:^|\n)(?:\{color[^}]*\})?([\dA-Za-z]+)(?:\{color\})?$/.exec(body.trimEnd())?.[1];
}

/** Jira scales the height to it. A click on the picture shows its full size. */
const pictureWidth = 720;

const blocks: BlockRenderer<string> = {
  heading: ({ text }) => `h3. ${ours(text)}`,
  paragraph: ({ line }) => lineMarkup(line),
  lines: ({ lines }) => lines.map(lineMarkup).join("\n"),
  list: ({ items }) => items.map((item) => `* ${lineMarkup(item)}`).join("\n"),
  table: ({ header, rows }) =>
    [`||${header.map(ours).join("||")}||`, ...rows.map(rowMarkup)].join("\n"),
  facts: ({ facts }) =>
    facts.map(([name, value]) => `||${ours(name)}|${lineMarkup(value)}|`).join("\n"),
  code: ({ text }) => `{noformat}\n${text.replaceAll(/[^\P{Cc}\n]|[{}]/gu, " ")}\n{noformat}`,
  picture: ({ file }) => `!${file}|width=${pictureWidth}!`,
  footer: ({ text }) => small(ours(text)),
  mark: ({ id }) => small(id),
};

function rowMarkup(cells: readonly Line[]): string {
  return `|${cells.map(lineMarkup).join("|")}|`;
}

function small(text: string): string {
  return `{color:#97a0af}${text}{color}`;
}

function lineMarkup(line: Line): string {
  return renderLine(line, inlines);
}

const inlines: InlineRenderer = {
  words: ({ text }) => ours(text),
  data: ({ text }) => escaped(text),
  strong: ({ line }) => `*${lineMarkup(line)}*`,
  link: ({ text, url }) => {
    const address = url.replaceAll(/[\s|[\]{}\\]/g, encodeURIComponent);
    // Jira makes a link of a plain address by itself.
    return text === url && plainAddress.test(address) ? address : `[${escaped(text)}|${address}]`;
  },
};

/** Without a mark that would end it early. */
const plainAddress = /^https?:\/\/[\w.:/?&=%-]+$/;

/** Our own words hold no marks. The escape makes sure that none becomes a macro, link, table or bold text. */
function ours(text: string): string {
  return text.replaceAll(/[{}[\]|*]/g, "\\$&");
}

/**
 * Text from data that cannot become markup, a mention, a link, a macro or a new line.
 *
 * Every mark is escaped, except `_` and `-` inside a word, where they are harmless and names are full of them.
 */
function escaped(text: string): string {
  return text
    .replaceAll("\\", "∖") // two backslashes are a line break, and none escapes itself everywhere
    .replaceAll(/[{}[\]!|*^~#@+?():;<>]/g, "\\$&")
    .replaceAll(/(?<![\p{L}\p{N}])[_-]|[_-](?![\p{L}\p{N}])/gu, "\\$&")
    .replaceAll(/\b(h[1-6]|bq)\./g, "$1\\.");
}
