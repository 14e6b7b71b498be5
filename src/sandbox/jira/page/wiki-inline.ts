/** Renders the marks within a line of Jira's wiki markup as HTML. All other text is escaped. */
import { escapeHtml } from "../../../html.ts";

/** A mark and what becomes of it; the first that fits at a place decides. Lengths are bounded, so that no text takes long. */
type Rule = readonly [mark: RegExp, html: (found: RegExpExecArray, depth: number) => string];

const deepest = 8;

const rules: readonly Rule[] = [
  [/\\\\(?=\s|$)/y, () => "<br>"],
  [/\\([^\w\s])/y, ([, mark = ""]) => escapeHtml(mark)],
  [/\{\{(.{1,400}?)\}\}/y, ([, text = ""]) => `<code>${escapeHtml(unescaped(text))}</code>`],
  [
    /\{color:(#[\da-fA-F]{3,6}|[a-zA-Z]{1,20})\}(.{0,4000}?)\{color\}/y,
    ([, color = "", text = ""], depth) =>
      `<span style="color:${escapeHtml(color)}">${inlineHtml(text, depth + 1)}</span>`,
  ],
  [
    /!([\w.-]{1,200}\.png)(?:\|(?:width=(\d{1,4})|[^!|\n]{0,40}))?!/y,
    ([, name = "", width]) =>
      `<img src="/attachment/${escapeHtml(name)}" alt="picture"${width === undefined ? "" : ` width="${width}"`}>`,
  ],
  [/\[~([^\]\s]{1,200})\]/y, ([, who = ""]) => `<span class="mention">@${escapeHtml(who)}</span>`],
  [
    /\[((?:[^\]|\\]|\\.){1,400})\|(https?:\/\/[^\]|\s]{1,2000})(?:\|[^\]]*)?\]/y,
    ([, text = "", url = ""]) => linkHtml(unescaped(text), url),
  ],
  [/\[(https?:\/\/[^\]|\s]{1,2000})\]/y, ([, url = ""]) => linkHtml(url, url)],
  [/https?:\/\/[\w.:/?&=%#~+-]{0,2000}[\w/=]/y, ([url = ""]) => linkHtml(url, url)],
  [/\*(?=\S)((?:[^*\\]|\\.){0,400}?\S)\*(?![\p{L}\p{N}])/uy, tagged("strong")],
  [/(?<![\p{L}\p{N}])_(?=\S)((?:[^_\\]|\\.){0,400}?\S)_(?![\p{L}\p{N}])/uy, tagged("em")],
  [/(?<![\p{L}\p{N}])-(?=[^\s-])((?:[^-\\]|\\.){0,400}?[^\s-])-(?![\p{L}\p{N}-])/uy, tagged("del")],
  [/(?<![\p{L}\p{N}])\+(?=\S)((?:[^+\\]|\\.){0,400}?\S)\+(?![\p{L}\p{N}])/uy, tagged("ins")],
];

function tagged(name: string): Rule[1] {
  return ([, text = ""], depth) => `<${name}>${inlineHtml(text, depth + 1)}</${name}>`;
}

/** @param depth how many marks enclose the text; deeper marks are shown as they are typed */
export function inlineHtml(text: string, depth = 0): string {
  let html = "";
  let plain = "";
  for (let at = 0; at < text.length; ) {
    const found = depth > deepest ? undefined : ruleAt(text, at);
    if (found === undefined) {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      plain += character;
      at += character.length;
    } else {
      const [rule, match] = found;
      html += escapeHtml(plain) + rule(match, depth);
      plain = "";
      at += match[0].length;
    }
  }
  return html + escapeHtml(plain);
}

/** Characters with which a mark begins. */
const beginsMark = /[\\{[!h*_+-]/;

function ruleAt(text: string, at: number): readonly [Rule[1], RegExpExecArray] | undefined {
  if (!beginsMark.test(text.charAt(at))) return undefined;
  for (const [mark, html] of rules) {
    mark.lastIndex = at;
    const match = mark.exec(text);
    if (match !== null) return [html, match];
  }
  return undefined;
}

function linkHtml(text: string, url: string): string {
  return `<a href="${escapeHtml(url)}" rel="noreferrer">${escapeHtml(text)}</a>`;
}

function unescaped(text: string): string {
  return text.replaceAll(/\\([^\w\s])/g, "$1");
}
