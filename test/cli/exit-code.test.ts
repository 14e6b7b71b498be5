import { fstatSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { errorText } from "../../src/cli/error-text.ts";
import { exitCodeOf } from "../../src/cli/exit-code.ts";
import { DriftwardenError } from "../../src/errors.ts";

describe("the exit code", () => {
  it.each([
    ["DW_CLI_USAGE", 2],
    ["DW_CONFIG_UNREADABLE", 2],
    ["DW_CONFIG_INVALID", 78],
    ["DW_CONFIG_SECRET", 78],
    ["DW_STORE_LOGIN_REFUSED", 78],
    ["DW_STORE_PASSWORD_MISSING", 78],
    ["DW_STORE_DATABASE_MISSING", 78],
    ["DW_STORE_TLS_NEEDED", 78],
    ["DW_STORE_TOO_NEW", 78],
    ["DW_STREAM_LOGIN_REFUSED", 78],
    ["DW_STORE_CERTIFICATE", 1],
    ["DW_STORE_READ_ONLY", 1],
    ["DW_SOURCE_LOGIN_REFUSED", 1],
    ["DW_STORE_UNREACHABLE", 75],
    ["DW_SOURCE_UNREACHABLE", 75],
    ["DW_STREAM_UNREACHABLE", 75],
    ["DW_TRACKER_UNREACHABLE", 1],
    ["DW_HTTP_LISTEN", 1],
  ] as const)("of %s is %i", (code, exit) => {
    expect(exitCodeOf(new DriftwardenError(code, "m", { hint: "h" }))).toBe(exit);
  });

  it("of anything that was not foreseen is 1", () => {
    expect(exitCodeOf(new TypeError("x"))).toBe(1);
    expect(exitCodeOf("x")).toBe(1);
  });
});

describe("an error on stderr", () => {
  const error = new DriftwardenError("DW_X_Y", "it broke", { hint: "Mend it." });

  it("says what happened, what to do and its code, without a stack", () => {
    expect(errorText(error, { debug: false })).toBe(
      "error: it broke\nhint: Mend it.\ncode: DW_X_Y",
    );
  });

  it("has a stack for those who debug", () => {
    expect(errorText(error, { debug: true })).toMatch(/\n\s+at /);
  });

  it("is one entry of the journal with the priority of an error, where stderr leads there", () => {
    const { dev, ino } = fstatSync(2);
    const twoLines = new DriftwardenError("DW_X_Y", "it\nbroke", { hint: "Mend it." });
    const text = errorText(twoLines, { debug: false, journalStream: `${dev}:${ino}` });
    expect(text).toMatch(/^<3>\{[^\n]*\}$/);
    expect(JSON.parse(text.slice(3)).err).toMatchObject({
      code: "DW_X_Y",
      message: "it\nbroke",
      hint: "Mend it.",
    });
  });

  it("calls what was not foreseen a defect", () => {
    expect(errorText(new TypeError("x"), { debug: false })).toMatch(/^error: x\nhint: .*defect/);
  });
});
