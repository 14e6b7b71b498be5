/** Tickets for terminals: the wiki markup that Driftwarden writes, read back as plain text. */
import { lengthOf } from "../messages/text.ts";

const width = 96;

/** The footer by which ticketing knows a comment again says nothing to people. */
const commentMark = /^\{color:#97a0af\}dw[\da-f]{14}\{color\}$/;

interface PlainTicket {
  readonly summary: string;
  readonly description: string;
  readonly labels: readonly string[];
  readonly priority: string | undefined;
}

/** A whole ticket as people would read it. */
export function renderPlain(issue: PlainTicket): string {
  const priority = issue.priority === undefined ? "" : `Priority ${issue.priority} · `;
  const title = plainText(issue.summary.replaceAll(/[\\*[\]{}|]/g, "\\$&"));
  const rule = "─".repeat(Math.min(width, lengthOf(title)));
  return [
    title,
    rule,
    `${priority}Labels ${issue.labels.join(" ")}`,
    "",
    plainText(issue.description),
  ].join("\n");
}

/** A description or comment. Only the forms that tickets/ writes are understood; the rest stays as it is. */
export function plainText(markup: string): string {
  const lines = hideEscapes(markup.replaceAll("\r\n", "\n")).split("\n");
  const out: string[] = [];
  let verbatim = false;
  for (let i = 0; i < lines.length; i += 1) {
    const line = lines[i] ?? "";
    if (commentMark.test(line)) continue;
    if (line === "{noformat}") {
      verbatim = !verbatim;
    } else if (verbatim) {
      out.push(`    ${line}`);
    } else if (line.startsWith("|")) {
      const rows = tableFrom(lines, i);
      out.push(...aligned(rows));
      i += rows.length - 1;
    } else {
      out.push(...wrapped(inline(line)));
    }
  }
  return showEscapes(out.join("\n"));
}

/** Escaped marks wait in the private use area, which no text of ours contains, until all markup is gone. */
function hideEscapes(text: string): string {
  return text.replaceAll(/\\([!-/:-@[-`{-~])/g, (_, mark: string) =>
    String.fromCharCode(0xe000 + mark.charCodeAt(0)),
  );
}

function showEscapes(text: string): string {
  return text.replaceAll(/[\ue021-\ue07e]/g, (mark) =>
    String.fromCharCode(mark.charCodeAt(0) - 0xe000),
  );
}

function inline(text: string): string {
  return text
    .replace(/^h[1-6]\. (.*)$/, "▸ $1")
    .replace(/^\* /, "• ")
    .replaceAll(/\[([^\]|]*)\|([^\]]*)\]/g, "$1: $2")
    .replaceAll(/\{color(:[^}]*)?\}/g, "")
    .replaceAll("*", "");
}

function tableFrom(lines: readonly string[], start: number): readonly (readonly string[])[] {
  const rows: string[][] = [];
  for (let i = start; lines[i]?.startsWith("|") === true; i += 1) {
    const row = (lines[i] ?? "").replaceAll("||", "|").replace(/^\|/, "").replace(/\|$/, "");
    rows.push(row.split("|").map((cell) => inline(cell).trim()));
  }
  return rows;
}

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

function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && lengthOf(line) + 1 + lengthOf(word) > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
