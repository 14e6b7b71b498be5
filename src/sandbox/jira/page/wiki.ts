/** Jira's wiki markup as HTML, for the forms that tickets and comments use: what people would see in Jira. */
import { escapeHtml } from "../../../html.ts";
import { inlineHtml } from "./wiki-inline.ts";

interface Macro {
  readonly name: string;
  /** Title of a panel. */
  readonly title: string;
}

const opens = /^\{(noformat|code|quote|panel)(?::([^}]*))?\}/;
/** A macro may hold others; deeper ones are shown as text. */
const deepest = 5;

/** Elements that a page puts into its body; all text in them is escaped. */
export function wikiHtml(markup: string, depth = 0): string {
  const lines = markup.replaceAll("\r\n", "\n").split("\n");
  const html: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const macro = depth > deepest ? undefined : macroAt(lines[at] ?? "");
    const read = macro === undefined ? blockAt(lines, at) : macroBlock(lines, at, { macro, depth });
    html.push(read.html);
    at = read.next;
  }
  return html.join("");
}

interface Read {
  readonly html: string;
  /** The line behind it. */
  readonly next: number;
}

function macroAt(line: string): Macro | undefined {
  const found = opens.exec(line.trimStart());
  if (found === null) return undefined;
  const [, name = "", parameters = ""] = found;
  return { name, title: /(?:^|\|)title=([^|]*)/.exec(parameters)?.[1] ?? "" };
}

/** From `{quote}` to the next `{quote}`. A macro that is not closed goes to the end, as in Jira. */
function macroBlock(
  lines: readonly string[],
  at: number,
  { macro, depth }: { readonly macro: Macro; readonly depth: number },
): Read {
  const closes = `{${macro.name}}`;
  const first = (lines[at] ?? "").trimStart().replace(opens, "");
  const text = [first, ...lines.slice(at + 1)].join("\n");
  const end = text.indexOf(closes);
  const inside = end < 0 ? text : text.slice(0, end);
  const rest = end < 0 ? "" : (text.slice(end + closes.length).split("\n", 1)[0] ?? "");
  const next = at + inside.split("\n").length;
  const after = rest.trim() === "" ? "" : `<p>${inlineHtml(rest)}</p>`;
  return { html: macroHtml(macro, inside.replace(/^\n|\n$/g, ""), depth) + after, next };
}

function macroHtml({ name, title }: Macro, inside: string, depth: number): string {
  if (name === "noformat" || name === "code") return `<pre>${escapeHtml(inside)}</pre>`;
  if (name === "quote") return `<blockquote>${wikiHtml(inside, depth + 1)}</blockquote>`;
  const head = title === "" ? "" : `<b>${escapeHtml(title)}</b>`;
  return `<div class="panel">${head}${wikiHtml(inside, depth + 1)}</div>`;
}

type Kind = "table" | "list" | "heading" | "quote" | "rule" | "blank" | "text";

function kindOf(line: string): Kind {
  if (line.trim() === "") return "blank";
  if (/^\s*\|/.test(line)) return "table";
  if (/^\s*(?:[*#]+|-)\s/.test(line)) return "list";
  if (/^\s*h[1-6]\.\s/.test(line)) return "heading";
  if (/^\s*bq\.\s/.test(line)) return "quote";
  return /^\s*-{4,}\s*$/.test(line) ? "rule" : "text";
}

/** Lines of one kind that stand together. */
function blockAt(lines: readonly string[], at: number): Read {
  const kind = kindOf(lines[at] ?? "");
  const alone = kind === "heading" || kind === "quote" || kind === "rule";
  const other = lines.findIndex(
    (line, index) => index > at && (alone || kindOf(line) !== kind || macroAt(line) !== undefined),
  );
  const next = other < 0 ? lines.length : other;
  return { html: blocks[kind](lines.slice(at, next)), next };
}

const blocks: Readonly<Record<Kind, (lines: readonly string[]) => string>> = {
  blank: () => "",
  rule: () => "<hr>",
  text: (lines) => `<p>${lines.map((line) => inlineHtml(line)).join("<br>")}</p>`,
  heading: ([line = ""]) => `<h3>${inlineHtml(line.replace(/^\s*h[1-6]\.\s+/, ""))}</h3>`,
  quote: ([line = ""]) => `<blockquote>${inlineHtml(line.replace(/^\s*bq\.\s+/, ""))}</blockquote>`,
  list: (lines) => {
    const items = lines.map((line) => {
      const [, marks = "", text = ""] = /^\s*([*#]+|-)\s+(.*)$/.exec(line) ?? [];
      return `<li class="depth${Math.min(marks.length, 4)}">${inlineHtml(text)}</li>`;
    });
    return `<ul>${items.join("")}</ul>`;
  },
  table: (lines) =>
    `<div class="wide"><table>${lines.map((line) => `<tr>${cellsOf(line)}</tr>`).join("")}</table></div>`,
};

/**
 * `||a||b||` are headings, `|a|b|` cells; both may be in one line. A bar within a link or after a backslash separates
 * no cells.
 */
function cellsOf(line: string): string {
  const row = line.trim().replace(/\|+$/, "");
  const cells = [...row.matchAll(/(\|\|?)((?:\\.|\[[^\]]*\]|[^|\\])*)/g)];
  return cells
    .map(([, bars, text = ""]) => {
      const tag = bars === "||" ? "th" : "td";
      return `<${tag}>${inlineHtml(text.trim())}</${tag}>`;
    })
    .join("");
}
