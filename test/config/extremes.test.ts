import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { ConfigError } from "../../src/config/errors.ts";
import { parseConfig } from "../../src/config/parse.ts";
import type { Config } from "../../src/config/schema.ts";

const base = "store: {url: postgres://h/d}\nsources: {main: {}}\ndocker: {}\n";
const parse = (line: string): Config =>
  parseConfig(`${base}${line}\n`, { file: "dw.yaml", remediations });

function problemOf(line: string): string {
  try {
    parse(line);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  return "";
}

const fix = (keys: string): string =>
  `fixes: [{name: a, when: {model: m}, do: restart-container, target: {label: a=b}, ${keys}}]`;

describe("budgets and pauses as people write them (FR-T8)", () => {
  it.each([
    ["3 per day", 3, 86_400_000],
    ["3/day", 3, 86_400_000],
    ["3 a week", 3, 604_800_000],
    ["3 per 24h", 3, 86_400_000],
    ["1 run per 90 minutes", 1, 5_400_000],
    ["2 / 12h", 2, 43_200_000],
  ])("max_runs: %s", (text, runs, windowMs) => {
    expect(parse(fix(`max_runs: ${text}`)).fixes[0]?.max_runs).toEqual({ runs, windowMs });
  });

  it("cooldown: 0s, 1 hour", () => {
    expect(parse(fix("cooldown: 0s")).fixes[0]?.cooldown).toBe(0);
    expect(parse(fix("cooldown: 1 hour")).fixes[0]?.cooldown).toBe(3_600_000);
  });

  it.each([
    [fix("max_runs: often"), 'such as 3 per 24h, found "often"'],
    [fix("cooldown: a while"), 'found "a while"'],
    ["incidents: {resolve_after: 15 fortnights}", 'found "15 fortnights"'],
    ["detection: {open_after: 3 von 5}", 'found "3 von 5"'],
  ])("%s is quoted back", (line, words) => {
    expect(problemOf(line)).toContain(words);
  });
});

describe("the bound of a setting is the bound of what it sets (FR-U1)", () => {
  it.each(["9 of 10", "9 of 9", "1 of 32"])(
    "open_after: %s is refused, since 8 crossings are remembered",
    (text) => {
      expect(problemOf(`detection: {open_after: ${text}}`)).toContain("at most 8");
    },
  );

  it("open_after: 8 of 8 and 1 of 8 are taken", () => {
    expect(parse("detection: {open_after: 8 of 8}").detection.open_after).toEqual({ k: 8, n: 8 });
    expect(parse("detection: {open_after: 1 of 8}").detection.open_after).toEqual({ k: 1, n: 8 });
  });

  it.each([
    "startup_timeout: 25d",
    "detection: {checkpoint_interval: 4 weeks}",
    "sources: {main: {poll_interval: 30d}}",
    "sources: {main: {connect_timeout: 30d}}",
    "docker: {deadline: 30d}",
    "stream: {kafka: {brokers: ['b:1'], session_timeout: 30d}}",
  ])("%s is refused, since such a timer fires at once", (line) => {
    const key = /^\w+/.exec(line)?.[0] ?? "";
    const others = base
      .split("\n")
      .filter((other) => !other.startsWith(key))
      .join("\n");
    const text = `${others}\n${line}\n`;
    const options = { file: "dw.yaml", remediations };
    expect(() => parseConfig(text, options)).toThrow("is more than 24d");
  });

  it("a statement's timeout that the server would round to none is refused", () => {
    expect(problemOf("incidents: {resolve_after: 0.4ms}")).toContain("above zero");
  });
});

describe("what is accepted does something (FR-U4)", () => {
  it.each(["level_shift", "quarantined", "drift"])(
    "a fix for the kind %s, which calls for none, is refused",
    (kind) => {
      const line = fix("mode: observe").replace("{model: m}", `{kind: ${kind}}`);
      expect(problemOf(line)).toContain("expected one of shift, leak, silent");
    },
  );
});

describe("a listener that other machines reach (FR-C3)", () => {
  it.each(['":9653"', '"0.0.0.0:9653"', '"[::]:9653"', '"192.168.1.5:9642"', "host.example:80"])(
    "%s needs an explicit word",
    (listen) => {
      expect(problemOf(`http: {listen: ${listen}}`)).toContain("allow_remote: true");
      expect(parse(`http: {listen: ${listen}, allow_remote: true}`).http.allow_remote).toBe(true);
    },
  );

  it.each(['"127.0.0.1:0"', '"[::1]:9642"', '"localhost:9642"'])("%s needs none", (listen) => {
    expect(parse(`http: {listen: ${listen}}`).http.allow_remote).toBe(false);
  });
});
