/** Renders messages for terminals and logs: no markup, paragraphs wrapped at 96 characters, tables in columns. */
import { wrapped as linesOf } from "../wrapped.ts";
import {
  type BlockRenderer,
  type InlineRenderer,
  type Line,
  type Message,
  type MessageSection,
  renderBlock,
  renderLine,
} from "./message.ts";
import { lengthOf } from "./text.ts";

/** Text is wrapped at this many characters. Longer words, tables, code and links are not broken. */
export const plainWidth = 96;

/** The message as people read it in a terminal. */
export function plainText(message: Message): string {
  return message.map(sectionText).join("\n\n");
}

function sectionText(section: MessageSection): string {
  return section.flatMap((block) => renderBlock(block, blocks)).join("\n");
}

const blocks: BlockRenderer<readonly string[]> = {
  heading: ({ text }) => wrapped(`▸ ${text}`),
  paragraph: ({ line }) => wrapped(lineText(line)),
  // A line with a link is not wrapped, because a broken address cannot be used.
  lines: ({ lines }) =>
    lines.flatMap((line) =>
      line.at(-1)?.kind === "link" ? lineText(line) : wrapped(lineText(line)),
    ),
  list: ({ items }) => items.flatMap((item) => wrapped(`• ${lineText(item)}`)),
  table: ({ header, rows }) => aligned([header, ...rows.map((cells) => cells.map(lineText))]),
  facts: ({ facts }) => aligned(facts.map(([name, value]) => [name, lineText(value)])),
  code: ({ text }) => text.split("\n").map((row) => `    ${row}`),
  picture: ({ file }) => [`picture: ${file}`],
  footer: ({ text }) => wrapped(text),
  mark: () => [],
};

function lineText(line: Line): string {
  return renderLine(line, inlines);
}

const inlines: InlineRenderer = {
  words: ({ text }) => text,
  data: ({ text }) => text,
  strong: ({ line }) => lineText(line),
  link: ({ text, url }) => (text === url ? url : `${text}: ${url}`),
};

function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, lengthOf(cell));
    });
  }
  return rows.map((row) =>
    `  ${row.map((cell, i) => cell + " ".repeat((widths[i] ?? 0) - lengthOf(cell))).join("  ")}`.trimEnd(),
  );
}

const wrapped = (text: string): readonly string[] => linesOf(text, { width: plainWidth, lengthOf });
