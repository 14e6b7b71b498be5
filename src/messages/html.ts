/** Renders messages as HTML, for pages without script. */
import { escapeHtml } from "../html.ts";
import {
  type BlockRenderer,
  type InlineRenderer,
  type Line,
  type Message,
  renderBlock,
  renderLine,
} from "./message.ts";

/** Elements that a page puts into its body; all text in them is escaped. */
export function messageHtml(message: Message): string {
  const sections = message.map((section) =>
    section.map((block) => renderBlock(block, blocks)).join(""),
  );
  return sections.map((html) => `<section>${html}</section>`).join("");
}

const blocks: BlockRenderer<string> = {
  heading: ({ text }) => `<h3>${escapeHtml(text)}</h3>`,
  paragraph: ({ line }) => `<p>${lineHtml(line)}</p>`,
  lines: ({ lines }) => `<p>${lines.map(lineHtml).join("<br>")}</p>`,
  list: ({ items }) => `<ul>${items.map((item) => `<li>${lineHtml(item)}</li>`).join("")}</ul>`,
  table: ({ header, rows }) =>
    table([header.map((name) => `<th>${escapeHtml(name)}</th>`), ...rows.map(cellsOf)]),
  facts: ({ facts }) =>
    table(facts.map(([name, value]) => [`<th>${escapeHtml(name)}</th>`, ...cellsOf([value])])),
  code: ({ text }) => `<pre>${escapeHtml(text)}</pre>`,
  picture: ({ file }) => `<p>picture: ${escapeHtml(file)}</p>`,
  footer: ({ text }) => `<p><small>${escapeHtml(text)}</small></p>`,
  mark: () => "",
};

function table(rows: readonly (readonly string[])[]): string {
  return `<table>${rows.map((cells) => `<tr>${cells.join("")}</tr>`).join("")}</table>`;
}

const cellsOf = (cells: readonly Line[]): readonly string[] =>
  cells.map((cell) => `<td>${lineHtml(cell)}</td>`);

function lineHtml(line: Line): string {
  return renderLine(line, inlines);
}

const inlines: InlineRenderer = {
  words: ({ text }) => escapeHtml(text),
  data: ({ text }) => escapeHtml(text),
  strong: ({ line }) => `<strong>${lineHtml(line)}</strong>`,
  link: ({ text, url }) =>
    // Any other scheme could run in the page.
    /^https?:/i.test(url)
      ? `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`
      : escapeHtml(`${text}: ${url}`),
};
