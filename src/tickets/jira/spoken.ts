/**
 * Finds the lines of a comment in Jira's wiki markup that begin like a command. Quotes, code, panels and quoted mails
 * are left out, because they are not what their author says.
 */

/**
 * Macros whose content is shown, not said. Colour can hide a line, columns hold what was pasted, and an editor writes
 * `adf` around what it cannot express.
 */
const macros =
  "quote|code|noformat|panel|expand|info|tip|note|warning|html|excerpt|spoiler|color|section|column|align|div|cloak|adf";
const tag = new RegExp(String.raw`(?<!\\)\{(${macros})(:[^}\n]*)?\}`, "gi");
/** Below such a line a mail program quotes the mail that was answered. */
const quotedBelow =
  /^(?:-{2,}\s*(?:original message|forwarded)|_{10,}|on .{1,200} wrote:\s*$|from:\s)/i;
/** `dw WORD` or `/WORD`, at the very start of the line. */
const command = /^(?:dw\s+\S|\/[a-z][a-z-]*(?:\s|$))/i;
/** Controls, and marks that turn the direction of text: what is seen is not what is written. */
const deceptive = /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;
/** Characters that editors put before and between words, and that nobody sees. */
const invisible = /[\u200B-\u200D\u2060\uFEFF\u00AD]/g;

/** @returns each as typed, without what is invisible; at most 20 */
export function spokenIn(markup: string): readonly string[] {
  const commands: string[] = [];
  const lines = withoutMacros(markup.replaceAll(/\r\n?/g, "\n")).split("\n");
  for (const line of withoutCells(lines)) {
    const text = line
      .replaceAll(invisible, "")
      .replaceAll(/[\t\u00A0]/g, " ")
      .normalize("NFKC")
      .trimEnd();
    if (quotedBelow.test(text)) break;
    if (command.test(text) && !deceptive.test(text)) commands.push(text);
  }
  return commands.slice(0, 20);
}

/**
 * Leaves out the further lines of cells. A row that does not end with a bar goes on until a line does, or until an empty
 * line.
 */
function withoutCells(lines: readonly string[]): readonly string[] {
  let inCell = false;
  return lines.filter((line) => {
    const text = line.trim();
    const isFurther = inCell;
    inCell = text !== "" && (inCell || text.startsWith("|")) && !text.endsWith("|");
    return !isFurther;
  });
}

/**
 * A tag with parameters opens a macro. A tag without parameters closes the open macro of the same name, unless that is
 * still empty; then it opens a nested one. So nested macros hide their content in every reading. A macro that is never
 * closed hides the rest.
 */
function withoutMacros(markup: string): string {
  const open: OpenMacro[] = [];
  let outside = "";
  let at = 0;
  for (const { 0: whole, 1: macro = "", 2: parameters, index } of markup.matchAll(tag)) {
    if (open.length === 0) outside += markup.slice(at, index);
    at = index + whole.length;
    const name = macro.toLowerCase();
    const last = open.at(-1);
    if (
      last !== undefined &&
      parameters === undefined &&
      closes(last, name, markup.slice(last.from, index))
    )
      open.pop();
    else open.push({ name, from: at });
    // A space continues the line: text behind a macro is not at the start of a line.
    if (open.length === 0) outside += " ";
  }
  return open.length === 0 ? outside + markup.slice(at) : outside;
}

interface OpenMacro {
  readonly name: string;
  /** Where its content begins. */
  readonly from: number;
}

function closes({ name }: OpenMacro, tagged: string, inside: string): boolean {
  return name === tagged && inside.trim() !== "";
}
