import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
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
import { plainText, plainWidth } from "../../src/messages/plain-text.ts";
import { lengthOf } from "../../src/messages/text.ts";

const table: Block = {
  kind: "table",
  header: ["Detector", "Score"],
  rows: [
    [data("rolling-z-score"), words("6.31")],
    [data("a|b"), []],
  ],
};

describe("a message as plain text", () => {
  it("shows what is data as it is, and needs no markup for the rest", () => {
    const said = line`${strong("*churn*")} {moved} ${link("Runbook", "https://wiki/a|b")}`;
    expect(plainText([[paragraph(said)]])).toBe("*churn* {moved} Runbook: https://wiki/a|b");
  });

  it("sets sections apart and keeps what belongs to one together", () => {
    const list = { kind: "list", items: [words("a"), words("b")] } as const;
    const footer = { kind: "footer", text: "incident 7" } as const;
    expect(plainText([[heading("What was tried"), list], [footer]])).toBe(
      "▸ What was tried\n• a\n• b\n\nincident 7",
    );
  });

  it("shows tables and facts in columns, and code as it is", () => {
    const facts: Block = {
      kind: "facts",
      facts: [
        ["Severity", words("P1")],
        ["Scope", data("prod")],
      ],
    };
    expect(plainText([[table, facts, { kind: "code", text: "run  a\nrun b" }]])).toBe(
      [
        "  Detector         Score",
        "  rolling-z-score  6.31",
        "  a|b",
        "  Severity  P1",
        "  Scope     prod",
        "    run  a",
        "    run b",
      ].join("\n"),
    );
  });

  it("leaves out the mark, which says nothing to people", () => {
    expect(plainText([[paragraph(words("Seen.")), mark("dw0")]])).toBe("Seen.");
  });

  it("breaks lines between words, and loses none of them", () => {
    const word = fc.string({ minLength: 1, maxLength: 40, unit: fc.constantFrom("a", "😀") });
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), (all) => {
        const lines = plainText([[paragraph(words(all.join(" ")))]]).split("\n");
        expect(lines.join(" ")).toBe(all.join(" "));
        expect(lines.every((text) => lengthOf(text) <= plainWidth)).toBe(true);
      }),
    );
  });
});
