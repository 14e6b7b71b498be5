import { array, assert, constantFrom, property } from "fast-check";
import { describe, expect, it } from "vitest";
import { wikiHtml } from "../../../../src/sandbox/jira/page/wiki.ts";

describe("wiki markup on the sandbox's page", () => {
  it.each([
    ["h3. What changed", "<h3>What changed</h3>"],
    ["*31 %* fell\nto 4.9 %", "<p><strong>31 %</strong> fell<br>to 4.9 %</p>"],
    ["_so_ -gone- {{code}}", "<p><em>so</em> <del>gone</del> <code>code</code></p>"],
    ["snake_case_name and a-b-c", "<p>snake_case_name and a-b-c</p>"],
    [String.raw`\*not bold\* \[no link\]`, "<p>*not bold* [no link]</p>"],
    ["* one\n* two", '<ul><li class="depth1">one</li><li class="depth1">two</li></ul>'],
    [
      "||a||b||\n|1|[x\\|y|https://e.org/p]|",
      '<div class="wide"><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td><a href="https://e.org/p" rel="noreferrer">x|y</a></td></tr></table></div>',
    ],
    [
      "||name|value|",
      '<div class="wide"><table><tr><th>name</th><td>value</td></tr></table></div>',
    ],
    ["{noformat}\n*a* <b>\n{noformat}\nafter", "<pre>*a* &lt;b&gt;</pre><p>after</p>"],
    ["{code:sql}select 1{code}", "<pre>select 1</pre>"],
    ["{quote}\ndw close\n{quote}", "<blockquote><p>dw close</p></blockquote>"],
    [
      "bq. dw close",
      "<blockquote><p>dw close</p></blockquote>".replace("<p>", "").replace("</p>", ""),
    ],
    ["{panel:title=T}\nx\n{panel}", '<div class="panel"><b>T</b><p>x</p></div>'],
    [
      "see https://e.org/a?b=c.",
      '<p>see <a href="https://e.org/a?b=c" rel="noreferrer">https://e.org/a?b=c</a>.</p>',
    ],
    [
      "[~accountid:1] {color:#97a0af}x{color}",
      '<p><span class="mention">@accountid:1</span> <span style="color:#97a0af">x</span></p>',
    ],
    ["[x|javascript:alert(1)]", "<p>[x|javascript:alert(1)]</p>"],
    ["{noformat}\nnever closed", "<pre>never closed</pre>"],
    ["----", "<hr>"],
  ])("shows %j as Jira does", (markup, html) => {
    expect(wikiHtml(markup)).toBe(html);
  });

  it("gives no element, attribute or address that the markup brought", () => {
    const piece = constantFrom(
      "<script>",
      '"',
      "'",
      "&",
      "{panel:title=<i>}",
      "{panel}",
      "{quote}",
      '{color:red"x}',
      "{color}",
      "[a|",
      'https://e.org/"><b>',
      "]",
      "*",
      "_",
      "|",
      "||",
      "\n",
      "\\",
      "h1. ",
      "x",
      "[~",
      "{noformat}",
      "{{",
      "}}",
    );
    const own =
      /<\/?(?:p|br|h3|hr|ul|pre|code|b|strong|em|del|ins|blockquote|table|tr|td|th)>|<li class="depth[1-4]">|<\/li>|<div class="(?:wide|panel)">|<\/div>|<span class="mention">|<span style="color:(?:#[\da-f]{3,6}|[a-z]+)">|<\/span>|<a href="https?:\/\/[^"<>]*" rel="noreferrer">|<\/a>/gi;
    assert(
      property(array(piece, { maxLength: 40 }), (pieces) => {
        expect(wikiHtml(pieces.join("")).replaceAll(own, "")).not.toMatch(/[<>"']/);
      }),
    );
  });

  it("reads a text of 32 kB full of marks without hanging", () => {
    for (const mark of ["*", "{quote}", "[", "_a", "{panel}\n", "||", "\\"]) {
      const text = mark.repeat(Math.floor(32_000 / mark.length));
      expect(wikiHtml(text).length).toBeGreaterThan(0);
    }
  });
});
