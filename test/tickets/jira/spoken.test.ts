import { assert, property, string } from "fast-check";
import { describe, expect, it } from "vitest";
import { spokenIn } from "../../../src/tickets/jira/spoken.ts";

describe("what is said in a comment", () => {
  it.each([
    ["one command", "dw ack", ["dw ack"]],
    ["capital letters", "DW Ack", ["DW Ack"]],
    ["a slash", "/ack", ["/ack"]],
    [
      "several, among other lines",
      "I look at it\ndw ack\r\ndw note was me\n/status",
      ["dw ack", "dw note was me", "/status"],
    ],
    ["what an editor put before it", "\u{FEFF}\u200Bdw\u00A0ack", ["dw ack"]],
    ["wide letters of another keyboard", "ｄｗ ａｃｋ", ["dw ack"]],
    ["after a quote that is closed", "{quote}\nwhy?\n{quote}\ndw ack", ["dw ack"]],
    ["between two panels", "{panel:title=a}\nx\n{panel}\ndw ack\n{panel}\ny\n{panel}", ["dw ack"]],
    ["with the word quote in it", "dw note they quote {it}", ["dw note they quote {it}"]],
    ["below a table", "|a|b|\n|c|\ndw ack", ["dw ack"]],
    ["below a cell of two lines", "|a\nb|\ndw ack", ["dw ack"]],
    ["below a row that does not end", "|a\nb\n\ndw ack", ["dw ack"]],
    ["below a line in colour", "{color:red}now{color}\ndw ack", ["dw ack"]],
    ["what is no command is for the grammar to say", "dw aknowledge", ["dw aknowledge"]],
  ])("is %s", (_, text, said) => {
    expect(spokenIn(text)).toEqual(said);
  });

  it.each([
    ["in the middle of a line", "please dw close"],
    ["behind a space", " dw close"],
    ["in a list", "* dw close"],
    ["in a table", "|dw close|"],
    ["in bold", "*dw close*"],
    ["in a heading", "h1. dw close"],
    ["in colour", "{color:red}dw close{color}"],
    ["in monospace", "{{dw close}}"],
    ["as a link", "[dw close|https://evil.example]"],
    ["as a mention", "[~accountid:1] dw close"],
    ["in a line quote", "bq. dw close"],
    ["in a quote", "{quote}\ndw close\n{quote}"],
    ["in a quote on one line", "{quote}dw close{quote}"],
    ["in a quote that nobody closes", "{quote}\ndw close"],
    ["right behind a quote", "{quote}x{quote}dw close"],
    ["in a panel", "{panel:title=x|bgColor=#fff}\ndw close\n{panel}"],
    ["in nested panels", "{panel:title=a}\n{panel:title=b}\ndw close\n{panel}\n{panel}"],
    [
      "behind the inner one of nested panels",
      "{panel:title=a}\nx\n{panel:title=b}\ny\n{panel}\ndw close\n{panel}",
    ],
    ["in nested panels without parameters", "{panel}{panel}\ndw close\n{panel}{panel}"],
    ["in a quote in a panel", "{panel}\n{quote}\ndw close\n{quote}\n{panel}"],
    ["behind a quote in a panel", "{panel}\n{quote}\nx\n{quote}\ndw close\n{panel}"],
    ["in code", "{code:sh}\ndw close\n{code}"],
    ["in text shown as it is", "{noformat}\ndw close\n{noformat}"],
    ["in a macro in capitals", "{NOFORMAT}\ndw close\n{NOFORMAT}"],
    ["in an expander", "{expand:more}\ndw close\n{expand}"],
    ["in a note box", "{info}\ndw close\n{info}"],
    ["as a mail quotes it", "> dw close"],
    ["below a mail that is answered", "Thanks\n\nOn Mon, 23 Nov 2026 Tom wrote:\ndw close"],
    ["below the line of a mail program", "ok\n-----Original Message-----\ndw close"],
    ["below the head of a mail", "ok\nFrom: Tom\ndw close"],
    ["with a NUL", "dw\u0000 close"],
    ["with an escape sequence", "dw close\u001B[2K"],
    ["turned from right to left", "\u202Edw close"],
    ["with direction marks in it", "dw\u200E close\u2067now"],
    ["as a path", "/opt/models is full"],
    ["as a date", "/2026-11-26"],
    ["as a slash alone", "/ close"],
    ["with letters that look alike", "dԝ close"],
    ["with a Cyrillic d", "ԁw close"],
    ["as one word", "dwclose"],
    ["alone", "dw"],
    ["escaped", String.raw`\dw close`],
    ["as an HTML comment", "<!-- dw close -->"],
    ["in an element", "<p>dw close</p>"],
    ["as an image", "!dw close.png!"],
    ["in an empty text", ""],
    ["in an excerpt", "{excerpt}\ndw close\n{excerpt}"],
    ["in a warning box", "{warning:title=x}\ndw close\n{warning}"],
    ["in a spoiler", "{spoiler}\ndw close\n{spoiler}"],
    ["in embedded HTML", "{html}\ndw close\n{html}"],
    ["in a numbered list", "# dw close"],
    ["in the head of a table", "||dw close||"],
    ["on the second line of a cell", "|a|b\ndw close|"],
    ["between the first and the last line of a cell", "|a\ndw close\nb|"],
    ["on a line of its own in colour", "{color:#ffffff}\ndw close\n{color}"],
    ["in columns", "{section}\n{column:width=50%}\ndw close\n{column}\n{section}"],
    ["in what an editor could not express", "{adf:display=block}\ndw close\n{adf}"],
    ["struck through", "-dw close-"],
    ["as a citation", "??dw close??"],
    ["behind a tab", "\tdw close"],
    ["behind a no-break space", "\u00A0dw close"],
    ["isolated by direction marks", "\u2066dw close\u2069"],
    ["with a Greek letter that looks alike", "dω close"],
    ["with a vertical tab", "dw\u000B close"],
    ["below a forwarded mail", "fyi\n---------- Forwarded message\ndw close"],
    ["below a line of underscores", "ok\n__________\ndw close"],
  ])("is nothing %s", (_, text) => {
    expect(spokenIn(text)).toEqual([]);
  });

  it("is at most 20 lines, of any text, in no time that grows faster than the text", () => {
    expect(spokenIn("dw ack\n".repeat(5000))).toHaveLength(20);
    for (const piece of ["{quote}", "{panel:x}", "dw x\n", "{", "On a wrote:"])
      expect(spokenIn(piece.repeat(3000)).length).toBeLessThanOrEqual(20);
  });

  it("is one line each, without controls, whatever is written", () => {
    assert(
      property(string({ unit: "binary", maxLength: 200 }), (text) => {
        for (const line of spokenIn(`dw ${text}`)) expect(line).not.toMatch(/[\p{Cc}\u202E]/u);
      }),
    );
  });
});
