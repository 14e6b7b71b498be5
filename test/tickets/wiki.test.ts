import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { oneLine } from "../../src/messages/text.ts";
import { plainText } from "../../src/tickets/plain-text.ts";
import { command, escaped, link } from "../../src/tickets/wiki.ts";

const markup = fc.string({
  unit: fc.constantFrom(..."{}[]!|*_-^~#@+?:;()<>\\ab1 \n".split(""), "h1. ", "😀", "{code}"),
});

describe("text from data in wiki markup", () => {
  it("has no mark left that is not escaped", () => {
    fc.assert(
      fc.property(markup, (text) => {
        const rest = escaped(text).replaceAll(/\\[!-/:-@[-`{-~]/g, "");
        expect(rest).not.toMatch(/[{}[\]!|*^~#@+?\\\n]|(?<!\w)[_-]|[_-](?!\w)/);
      }),
    );
  });

  it("reads the same again as plain text", () => {
    fc.assert(
      fc.property(markup, (text) => {
        const line = oneLine(text, 80).replaceAll("\\", "∖").replaceAll(/ +/g, " ");
        expect(plainText(`x ${escaped(text)}`)).toBe(`x ${line || "(empty)"}`);
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
    expect(command("marker '{noformat}*x*'")).toBe(
      "{noformat}\nmarker ' noformat *x*'\n{noformat}",
    );
  });

  it("cannot end a link early", () => {
    expect(link("Runbook", "https://wiki/a b|c]")).toBe("[Runbook|https://wiki/a%20b%7Cc%5D]");
  });
});
