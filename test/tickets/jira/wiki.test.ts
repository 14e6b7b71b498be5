import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { data, type Line, link, mark, paragraph, words } from "../../../src/messages/message.ts";
import { oneLine } from "../../../src/messages/text.ts";
import { markIn, renderWiki } from "../../../src/tickets/jira/wiki.ts";

const marks = fc.string({
  unit: fc.constantFrom(..."{}[]!|*_-^~#@+?:;()<>\\ab1 \n".split(""), "h1. ", "😀", "{code}"),
});

const rendered = (line: Line): string => renderWiki([[paragraph(line)]]);
const escaped = (text: string): string => rendered(data(text));

describe("text from data in wiki markup", () => {
  it("has no mark left that is not escaped", () => {
    fc.assert(
      fc.property(marks, (text) => {
        const rest = escaped(text).replaceAll(/\\[!-/:-@[-`{-~]/g, "");
        expect(rest).not.toMatch(/[{}[\]!|*^~#@+?\\\n]|(?<!\w)[_-]|[_-](?!\w)/);
      }),
    );
  });

  it("reads the same again without the escapes", () => {
    fc.assert(
      fc.property(marks, (text) => {
        const line = oneLine(text, 80).replaceAll("\\", "∖").replaceAll(/ +/g, " ");
        expect(escaped(text).replaceAll(/\\(?=[!-/:-@[-`{-~])/g, "")).toBe(line || "(empty)");
      }),
    );
  });

  it.each([
    ["credit_score", "credit_score"],
    ["churn-v7", "churn-v7"],
    ["a -b- c", "a \\-b\\- c"],
    ["[~accountid:1]", "\\[\\~accountid\\:1\\]"],
    ["{code}x{code}", "\\{code\\}x\\{code\\}"],
    ["h1. loud", "h1\\. loud"],
    ["", "\\(empty\\)"],
  ])("writes %j as %j", (text, expected) => {
    expect(escaped(text)).toBe(expected);
  });

  it("cannot end a command early", () => {
    const command = { kind: "code", text: "marker '{noformat}*x*'" } as const;
    expect(renderWiki([[command]])).toBe("{noformat}\nmarker ' noformat *x*'\n{noformat}");
  });

  it("cannot end a link early", () => {
    expect(rendered(link("Runbook", "https://wiki/a b|c]"))).toBe(
      "[Runbook|https://wiki/a%20b%7Cc%5D]",
    );
  });
});

describe("our own words", () => {
  it("are no markup either, should a mark slip in", () => {
    expect(rendered(words("{code} [~ann] *loud* |"))).toBe("\\{code\\} \\[~ann\\] \\*loud\\* \\|");
  });
});

describe("the mark of a comment", () => {
  const body = renderWiki([[paragraph(words("Seen.")), mark("dw0123456789abcd")]]);

  it.each([
    ["as it was written", body],
    ["with other line ends and space after it", `${body.replaceAll("\n", "\r\n")}\r\n `],
    ["in another colour", body.replace("#97a0af", "red")],
    ["without colour", body.replaceAll(/\{color[^}]*\}/g, "")],
    ["alone", "dw0123456789abcd"],
  ])("is read %s", (_how, stored) => {
    expect(markIn(stored)).toBe("dw0123456789abcd");
  });

  it.each([
    ["a person quotes further up", `${body}\nI agree.`],
    ["stands in a quotation", `{quote}${body}{quote}\r\nWhy?`],
    ["stands within a line", "see dw0123456789abcd"],
  ])("is none when it %s", (_how, stored) => {
    expect(markIn(stored)).toBeUndefined();
  });
});
