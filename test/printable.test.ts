import { fc, test } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { printable, printableLines } from "../src/printable.ts";

describe("text that came from data, on a terminal (FR-T9)", () => {
  it.each([
    ["an escape sequence", "\u001b[2Jgone", "\\u001b[2Jgone"],
    ["a C1 control", "\u009b31mred", "\\u009b31mred"],
    ["a new line", "churn\n[P1] fraud: all is well", "churn\\n[P1] fraud: all is well"],
    ["a carriage return", "churn\rfraud", "churn\\rfraud"],
    ["right to left", "churn\u202egnorw", "churn\\u202egnorw"],
    ["an isolate", "a\u2066b\u2069", "a\\u2066b\\u2069"],
    ["a line separator", "a\u2028b", "a\\u2028b"],
    ["no width", "ad\u200bmin", "ad\\u200bmin"],
    ["a backspace", "ab\bc", "ab\\u0008c"],
    ["a tag beyond 16 bits", "a\u{e0041}", "a\\udb40\\udc41"],
    ["half a character", "a\ud800", "a\\ud800"],
  ])("shows %s as its escape", (_, text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it("leaves words of any language as they are", () => {
    const words = "Umsatz_Köln 売上 возраст عمر ≤ 3 % 🙂 \\ \" '";
    expect(printable(words)).toBe(words);
  });

  it("keeps the new lines of a text of several lines", () => {
    expect(printableLines("one\ntwo\u001b[A")).toBe("one\ntwo\\u001b[A");
  });

  test.prop([fc.string({ unit: "binary" })])("leaves a line of JSON the same JSON", (text) => {
    expect(JSON.parse(printable(JSON.stringify({ text })))).toEqual({ text });
  });
});
