import { describe, expect, it } from "vitest";
import { data, line, strong, words } from "../../src/messages/message.ts";

describe("a line", () => {
  it("takes every inserted text for data, and only what is written out for our words", () => {
    expect(line`${"churn"} is down: ${words("1.0")}`).toEqual([
      { kind: "data", text: "churn" },
      { kind: "words", text: " is down: " },
      { kind: "words", text: "1.0" },
    ]);
  });

  it("takes a strong text for data as well", () => {
    expect(strong("churn")).toEqual([{ kind: "strong", line: [{ kind: "data", text: "churn" }] }]);
  });

  it("holds data as one clean line that is not empty and not endless", () => {
    expect(data("a\n b\u202e\u0000")).toEqual([{ kind: "data", text: "a b" }]);
    expect(data(" ")).toEqual([{ kind: "data", text: "(empty)" }]);
    expect(data("x".repeat(99), 9)).toEqual([{ kind: "data", text: "xxxxx…xxx" }]);
  });
});
