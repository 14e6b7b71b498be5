/** A slip in the configuration is told once: what was written, what is accepted, and on which line. */
import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { ConfigError } from "../../src/config/errors.ts";
import { loadConfig } from "../../src/config/load.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { fileWith } from "../cli/files.ts";

const base = "store: {url: postgres://h/d}\nsources: {main: {}}\n";

function thrownBy(call: () => unknown): ConfigError {
  try {
    call();
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}

const problemsOf = (text: string) =>
  thrownBy(() => parseConfig(text, { file: "dw.yaml", remediations })).problems;

describe("a value that is not accepted is quoted back, with what is", () => {
  it.each([
    ["detection: {max_models: .nan}", "expected a whole number from 1 up, found .nan"],
    ["detection: {max_models: -.inf}", "expected a whole number from 1 up, found -.inf"],
    ["detection: {max_models: 0}", "expected a whole number from 1 up, found 0"],
    ["detection: {max_models: 2.5}", "expected a whole number from 1 up, found 2.5"],
    ["detection: {max_models: many}", 'expected a whole number from 1 up, found "many"'],
    ["telemetry: {max_labelled_models: -3}", "expected a whole number from 0 to 1000, found -3"],
    [
      "telemetry: {max_labelled_models: 5000}",
      "expected a whole number from 0 to 1000, found 5000",
    ],
    ["http: {allow_remote: yes}", 'expected true or false, found "yes"'],
    [
      "detection: {sensitivity: hgih}",
      'expected one of low, normal, high, found "hgih"; did you mean high?',
    ],
    [
      "detection: {sensitivity: aggressive}",
      'expected one of low, normal, high, found "aggressive"',
    ],
    [
      "http: {listen: '[::1:9642'}",
      'expected an address and a port, such as 127.0.0.1:9642 or [::1]:9642, found "[::1:9642"',
    ],
  ])("%s", (line, message) => {
    const problems = problemsOf(`${base}${line}\n`);
    expect(problems.map((problem) => [problem.line, problem.message])).toEqual([[3, message]]);
  });

  it("but not where a secret may stand, and nothing long or odd", () => {
    const secret = "hunter2";
    for (const line of [`jira: ${secret}`, `jira: {token_file: ${secret}}`, `docker: ${secret}`])
      expect(JSON.stringify(problemsOf(`${base}${line}\n`))).not.toContain(secret);
    const odd = "http: {allow_remote: 'p@ss w0rd!'}";
    expect(problemsOf(`${base}${odd}\n`)[0]?.message).toBe("expected true or false, found a text");
  });
});

describe("a file that is no single YAML document is told once, with its line", () => {
  it.each([
    [`${base}---\nhttp: {}\n`, 3, "a second YAML document begins with ---"],
    [`${base}sources: {main: {}}\n`, 3, "the key sources stands there twice"],
    [`${base}# one\nhttp: *nosuch\n`, 4, "is an alias in YAML"],
    [`${base}detection: {overrides: [{feature: [*], ignore: true}]}\n`, 3, 'quote it: "*"'],
  ])("%j", (text, line, words) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ line, message: expect.stringContaining(words) });
  });
});

it("a pattern that begins with * is told how to be quoted", () => {
  const text = `${base}detection: {overrides: [{feature: *_rate, ignore: true}]}\n`;
  expect(problemsOf(text)).toMatchObject([{ line: 3, hint: expect.stringContaining('"*_rate"') }]);
});

describe("a file in another encoding than UTF-8 is refused with how to convert it", () => {
  it.each<readonly [what: string, bytes: Buffer, line: number, words: string]>([
    ["Latin-1", Buffer.from(`${base}# gr\u00fc\u00dfe\n`, "latin1"), 3, "not UTF-8 (fcdf)"],
    ["UTF-16", Buffer.from(`\ufeff${base}`, "utf16le"), 1, "is UTF-16"],
    ["UTF-16 without a mark", Buffer.from(base, "utf16le"), 1, "is UTF-16"],
  ])("%s", (...[, bytes, line, words]) => {
    const error = thrownBy(() => loadConfig(fileWith("dw.yaml", bytes), remediations));
    expect(error.code).toBe("DW_CONFIG_INVALID");
    expect(error.problems).toMatchObject([
      { line, message: expect.stringContaining(words), hint: expect.stringContaining("iconv -f") },
    ]);
  });

  it("UTF-8 is read, with a byte order mark too", () => {
    const text = `\ufeff${base}# gr\u00fc\u00dfe\n`;
    expect(loadConfig(fileWith("dw.yaml", text), remediations).sources["main"]).toBeDefined();
  });
});
