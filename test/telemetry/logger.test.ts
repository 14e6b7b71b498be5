import { fstatSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DriftwardenError } from "../../src/errors.ts";
import { createLogger } from "../../src/telemetry/logger.ts";

function collect(journalStream?: string) {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  return { lines, logger: createLogger({ level: "debug", destination, journalStream }) };
}

describe("a log line", () => {
  it("is one JSON object with level, time, component, message and fields", () => {
    const { lines, logger } = collect();
    logger.child({ component: "source" }).info({ rows: 3 }, "caught up");
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      level: "info",
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      component: "source",
      rows: 3,
      msg: "caught up",
    });
  });

  it("says an error's code, hint and causes", () => {
    const { lines, logger } = collect();
    const cause = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    const err = new DriftwardenError("DW_X_Y", "polling failed", { hint: "Look.", cause });
    logger.error({ err }, "poll failed");
    expect(JSON.parse(lines[0] ?? "").err).toMatchObject({
      code: "DW_X_Y",
      message: "polling failed",
      hint: "Look.",
      cause: { code: "ECONNREFUSED", message: "refused" },
    });
  });

  it("shows a stack where it leads to a mistake, and none of a server that is away (FR-T7)", () => {
    const { lines, logger } = collect();
    const away = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    const broker = Object.assign(new Error("no broker"), { name: "KafkaJSConnectionError" });
    const hint = "Look.";
    logger.warn({ err: new DriftwardenError("DW_X_Y", "polling", { hint, cause: away }) }, "a");
    logger.warn({ err: broker }, "b");
    expect(lines.join("")).not.toContain("stack");
    logger.warn({ err: new TypeError("x is undefined") }, "c");
    expect(lines.at(-1)).toContain("stack");
  });
});

describe("a secret", () => {
  it.each([
    ["in a field of its name", { token: "hunter2" }],
    ["one level down", { jira: { password: "hunter2" } }],
    ["inside an address", { url: "postgres://me:hunter2@h/d" }],
    ["inside an error's address", { err: new Error("connect postgres://me:hunter2@h/d") }],
    [
      "in a request that a client hangs on its error",
      { err: Object.assign(new Error("401"), { options: { auth: "hunter2" } }) },
    ],
  ])("%s is not written", (_where, fields) => {
    const { lines, logger } = collect();
    logger.error(fields, "failed");
    expect(lines.join("")).not.toContain("hunter2");
  });
});

describe("the journal's priority", () => {
  const { dev, ino } = fstatSync(2);

  it("stands before each line when stderr leads to the journal", () => {
    const { lines, logger } = collect(`${dev}:${ino}`);
    logger.info("a");
    logger.warn("b");
    logger.error("c");
    logger.fatal("d");
    logger.debug("e");
    expect(lines.map((line) => line.slice(0, 4))).toEqual(["<6>{", "<4>{", "<3>{", "<2>{", "<7>{"]);
  });

  it.each([undefined, "", `${dev}:${ino + 1}`])("is left out otherwise (%s)", (journalStream) => {
    const { lines, logger } = collect(journalStream);
    logger.info("a");
    expect(lines[0]).toMatch(/^\{/);
  });
});

describe("the log on a terminal (FR-T7)", () => {
  it("is a line of text: time, level, component, message, fields", () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => void lines.push(line) };
    const logger = createLogger({ level: "info", format: "text", destination });
    const url = "http://127.0.0.1:9642";
    logger.child({ component: "http" }).info({ url, name: "a b\u001b[31m" }, "listening");
    expect(lines[0]?.slice(9)).toBe(`info  http listening url=${url} name="a b\\u001b[31m"\n`);
  });
});
