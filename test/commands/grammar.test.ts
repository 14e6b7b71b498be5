import { describe, expect, it } from "vitest";
import { commandLines } from "../../src/command-lines.ts";
import { askedIn } from "../../src/commands/grammar.ts";
import { commandList } from "../../src/commands/index.ts";

const read = (said: string) =>
  askedIn(said, commandList).map((asked) =>
    asked.command === undefined
      ? `${asked.word}? ${asked.meant ?? ""}`.trim()
      : `${asked.command.words[0]}(${asked.text})`,
  );

describe("a line that asks for something", () => {
  it.each([
    ["dw ack", "ack()"],
    ["DW Ack", "ack()"],
    ["/ack", "ack()"],
    ["ack", "ack()"],
    ["dw  note   upstream   is late ", "note(upstream is late)"],
    ["d\u200Bw ack", "ack()"],
    ["ｄｗ ａｃｋ", "ack()"],
    ["dw", "help()"],
    ["dw help all", "help(all)"],
    ["dw note dw close", "note(dw close)"],
  ])("%j is read as %s", (said, wanted) => {
    expect(read(said)).toEqual([wanted]);
  });

  it("stands with others in one message, each on a line of its own", () => {
    expect(read("dw ack\r\ndw note it is the exporter\n\n/status")).toEqual([
      "ack()",
      "note(it is the exporter)",
      "status()",
    ]);
  });

  it("is one of at most twenty", () => {
    expect(read("dw status\n".repeat(500))).toHaveLength(20);
  });

  it.each([
    ["dw aknowledge", "aknowledge? acknowledge"],
    ["dw asign tom", "asign? assign"],
    ["dw xyzzy", "xyzzy?"],
  ])("with a slip names the nearest command: %j", (said, wanted) => {
    expect(read(said)).toEqual([wanted]);
  });

  it("keeps a path apart from a command: only letters follow the slash", () => {
    expect(commandLines("/7 files")).toEqual(["/7 files"]);
  });

  it.each(["", "\0", "\u202E", "\n\n", "dw ".repeat(9000)])(
    "that is hostile is read without a failure: %#",
    (said) => {
      expect(read(said).length).toBeLessThanOrEqual(20);
    },
  );
});
