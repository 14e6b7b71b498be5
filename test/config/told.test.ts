/** How a wrong configuration is told: counts, known keys and bounds. */
import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { ConfigError, type Problem } from "../../src/config/errors.ts";
import { parseConfig } from "../../src/config/parse.ts";

function refusalOf(text: string): ConfigError | undefined {
  try {
    parseConfig(`store: {url: postgres://h/d}\n${text}`, { file: "dw.yaml", remediations });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  return undefined;
}

const problemsOf = (text: string): readonly Problem[] => refusalOf(text)?.problems ?? [];
const column = (name: string): string =>
  `sources: {main: {columns: {feature: ${JSON.stringify(name)}}}}`;

describe("the number of problems", () => {
  it("is told before the list of them", () => {
    const one = refusalOf("sources: {main: {odd: 1}}");
    expect(one?.message).toMatch(/^dw\.yaml has 1 problem:\n {2}line 2/);
    const two = refusalOf("sources: {main: {odd: 1, strange: 2}}");
    expect(two?.message).toMatch(/^dw\.yaml has 2 problems:\n/);
  });
});

describe("a name in Postgres", () => {
  it.each(["a", "é".repeat(31), "a".repeat(63)])("may be %s", (name) => {
    expect(refusalOf(column(name))).toBeUndefined();
  });

  it.each(["", "a".repeat(64), "é".repeat(32), "a\0b"])("may not be %j", (name) => {
    expect(problemsOf(column(name)).map(({ message }) => message)).toEqual([
      "expected a name of 1 to 63 bytes",
    ]);
  });
});

const fix = (more: string): string =>
  `sources: {main: {}}\ndocker: {}\nfixes: [{name: a, do: restart-container, when: {feature: x}, ${more}}]`;

describe("a key that nobody knows", () => {
  it("is told the keys of a fix and those of its remediation", () => {
    const [problem] = problemsOf(fix("target: {label: a=b}, qqqqqqqqqq: 1"));
    expect(problem?.message).toMatch(/known here: .*\bgrace_seconds\b.*\bcooldown\b/);
  });

  it("within a remediation's key is told the keys of that place alone", () => {
    const [problem] = problemsOf(fix("target: {label: a=b, qqqqqqqqqq: 1}"));
    expect(problem?.message).toMatch(/known here: /);
    expect(problem?.message).not.toContain("cooldown");
  });
});
