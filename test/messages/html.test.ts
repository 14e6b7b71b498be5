import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { messageHtml } from "../../src/messages/html.ts";
import {
  type Block,
  data,
  heading,
  line,
  link,
  mark,
  paragraph,
  strong,
  words,
} from "../../src/messages/message.ts";

/** A message with the text in every place where text can stand. */
function everywhere(text: string): readonly Block[] {
  return [
    heading(text),
    paragraph(line`${text} ${strong(text)} ${words(text)} ${link(text, text)}`),
    { kind: "list", items: [data(text)] },
    { kind: "table", header: [text], rows: [[data(text)]] },
    { kind: "facts", facts: [[text, data(text)]] },
    { kind: "code", text },
    { kind: "footer", text },
    mark("dw0"),
  ];
}

const linkTo = (url: string): string => messageHtml([[paragraph(link("Runbook", url))]]);

describe("a message as HTML", () => {
  it("has an element for each block, and none for the mark", () => {
    expect(messageHtml([everywhere("x")])).toBe(
      "<section><h3>x</h3><p>x <strong>x</strong> x x: x</p><ul><li>x</li></ul>" +
        "<table><tr><th>x</th></tr><tr><td>x</td></tr></table>" +
        "<table><tr><th>x</th><td>x</td></tr></table>" +
        "<pre>x</pre><p><small>x</small></p></section>",
    );
  });

  it("links to http and https, and shows any other address as text", () => {
    expect(linkTo('https://wiki/?a="b"&c')).toContain(
      '<a href="https://wiki/?a=&quot;b&quot;&amp;c">Runbook</a>',
    );
    expect(linkTo("javascript:alert(1)")).toContain("<p>Runbook: javascript:alert(1)</p>");
  });

  it("lets no text become an element or an attribute", () => {
    const text = fc.string({ unit: fc.constantFrom(..."<>&\"'/=ab ".split(""), "<script>") });
    fc.assert(
      fc.property(text, (hostile) => {
        const html = messageHtml([everywhere(hostile)]);
        const elements = /<\/?(section|h3|p|strong|ul|li|table|tr|th|td|pre|small)>/g;
        expect(html.replaceAll(elements, "")).not.toMatch(/[<>"']/);
      }),
    );
  });
});
