import { test } from "@fast-check/vitest";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { ConfigError, type Problem } from "../../src/config/errors.ts";
import { parseConfig } from "../../src/config/parse.ts";
import type { Config } from "../../src/config/schema.ts";

/** Enough for everything else to be judged. */
const base = "store: {url: postgres://h/d}\nsources: {main: {}}\n";

function parse(text: string): Config {
  return parseConfig(text, { file: "dw.yaml", remediations });
}

function problemsOf(text: string): readonly Problem[] {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const problemsOfSource = (keys: string): readonly Problem[] =>
  problemsOf(`store: {url: postgres://h/d}\nsources: {main: {${keys}}}`);

describe("a configuration that is right", () => {
  it("has OpenClaw's table, columns and database where it says nothing", () => {
    expect(parse(base).sources["main"]).toMatchObject({
      url: "postgres://readonly@127.0.0.1/explainability",
      table: "explainability_metrics",
      columns: { timestamp: "timestamp", feature: "feature_name", importance: "importance" },
      transform: "auto",
      time_zone: "UTC",
    });
  });

  it("only observes unless a fix says auto", () => {
    const text = fix("when: {model: m}, target: {label: a=b}");
    expect(parse(text).fixes[0]?.mode).toBe("observe");
  });

  it("opens no tickets and touches no engine unless told to", () => {
    expect(parse(base)).not.toHaveProperty("jira");
    expect(parse(base)).not.toHaveProperty("docker");
  });

  it("may have a section in which everything is commented out", () => {
    expect(parse(`${base}links:\n  #dashboard_url: x\n`).links).toEqual({});
  });

  it("cannot be changed afterwards", () => {
    const { sources } = parse(base);
    expect(Object.isFrozen(sources["main"]?.columns)).toBe(true);
  });
});

describe("a configuration that is wrong", () => {
  it("is told of windows of predictions that end before rows have come, and of assembly_window", () => {
    expect(problemsOfSource("predictions: {window: 10s}")).toMatchObject([
      {
        path: "sources.main.predictions.window",
        message: expect.stringMatching(/assembly_window/),
      },
    ]);
    expect(problemsOfSource("predictions: {window: 10s}, assembly_window: 10s")).toEqual([]);
    expect(
      problemsOfSource("predictions: {windows: 1h}")
        .map(({ message }) => message)
        .join(),
    ).toMatch(/window/);
  });

  it("is told everything at once, each with its line", () => {
    const problems = problemsOf(`
store: {url: postgres://h/d, schema: 5}
sources:
  main:
    poll_intervall: 1s
    assembly_window: 30
jira: {url: https://j.example, token_file: token}
fixes:
  - {name: A!, do: restart-container, target: {label: a=b}, when: {feature: x}}
`);
    expect(problems.map(({ line, path }) => `${line} ${path}`)).toEqual([
      "2 store.schema",
      "5 sources.main.poll_intervall",
      "6 sources.main.assembly_window",
      "7 jira.token_file",
      "7 jira.user",
      "8 fixes",
      "9 fixes.0.name",
    ]);
  });

  it.each([
    ["stores: {}", "stores", "did you mean store?"],
    ["detection: {sensitivty: low}", "detection.sensitivty", "did you mean sensitivity?"],
    ["detection: {sensitivity: hihg}", "detection.sensitivity", "did you mean high?"],
    ["detection: {preset: plian}", "detection.preset", "did you mean plain?"],
    ['stream: {kafka: {brokers: ["b:1"], topik: x}}', "stream.kafka.topik", "did you mean topic?"],
    ["docker: {xyz: 1}", "docker.xyz", "known here: socket, executor, deadline"],
  ])("%s: names the nearest known word", (line, path, message) => {
    expect(problemsOf(`${base}${line}`)).toMatchObject([
      { line: 3, path, message: expect.stringContaining(message) },
    ]);
  });

  it("says that the preset plain has no sensitivity", () => {
    const problems = problemsOf(`${base}detection: {preset: plain, sensitivity: high}`);
    expect(problems).toMatchObject([
      { line: 3, path: "detection.sensitivity", message: expect.stringContaining("leave it out") },
    ]);
  });

  it("is told of a remediation's keys as of its own", () => {
    const text = fix("when: {model: m}, tarqet: {}, modus: auto");
    const messages = problemsOf(text).map(({ path, message }) => `${path} ${message}`);
    expect(messages).toContain("fixes.0.tarqet unknown key; did you mean target?");
    expect(messages).toContain("fixes.0.modus unknown key; did you mean mode?");
    // Said once: the slip is why it is missing.
    expect(messages).not.toContain("fixes.0.target is missing");
  });

  it.each([
    ["a: [", /./],
    ["store: {}\nstore: {}", /unique/],
    ["- a list", /keys and values, found a list/],
    ["just text", /keys and values, found a text/],
    ["", /is missing/],
    ["store:\nsources: {main: {}}", /is missing/],
    [`${base}stream: {kafka: }`, /found nothing/],
    [`${base}http: {listen: "127.0.0.1"}`, /an address and a port/],
    [`${base}http: {listen: "127.0.0.1:70000"}`, /an address and a port/],
    [`${base}verify: {give_up_after: 6}`, /6 cadences/],
    ["store: {url: postgres://h/d}\nsources: {}", /names no source/],
    ["store: {url: postgres://h/d}\nsources: {'Ä b': {}}", /lower-case letters/],
    ["store: {url: mysql://h/d}\nsources: {a: {}}", /the scheme mysql, and postgres/],
    ["store: {}\nsources: {a: {}}", /says no database/],
    ["store: {url: postgres://h/d, url_file: /a}\nsources: {a: {}}", /not both/],
    ["store: {url: 'postgres:///d', password_file: /a}\nsources: {a: {}}", /names a host/],
    ["store: {url: postgres://h/d}\nsources: {a: {time_zone: Mars/X}}", /Europe\/Berlin/],
    [
      "store: {url: postgres://h/d}\nsources: {a: {model: m, columns: {model: c}}}",
      /give one of the two/,
    ],
  ])("%j: says what is wrong", (text, message) => {
    const all = problemsOf(text).map((problem) => problem.message);
    expect(all.join("\n")).toMatch(message);
  });
});

function fix(rest: string): string {
  return `${base}docker: {}\nfixes: [{name: a, do: restart-container, ${rest}}]`;
}

describe("fixes that could do harm", () => {
  it.each([
    ["when: {}, target: {label: a=b}", /would run for everything/],
    ["when: {model: []}, target: {label: a=b}", /lists nothing/],
    ["when: {model: m}, target: {}", /matches nothing/],
    ["when: {model: m}", /is missing/],
    ["when: {model: m}, target: {label: a=b}, max_runs: 3", /3 per 24h/],
    ["when: {kind: shfit}, target: {label: a=b}", /did you mean shift/],
    ["when: {severity: [P0, P9]}, target: {label: a=b}", /expected one of P0, P1, P2/],
    ["when: {model: 5}, target: {label: a=b}", /one value or a list/],
  ])("%s is refused", (rest, message) => {
    const all = problemsOf(fix(rest)).map((problem) => problem.message);
    expect(all.join("\n")).toMatch(message);
  });

  it("may not have one name twice, since budgets are counted by it", () => {
    const one = "{name: a, do: restart-container, when: {model: m}, target: {label: a=b}}";
    expect(problemsOf(`${base}docker: {}\nfixes: [${one}, ${one}]`)).toMatchObject([
      { path: "fixes.1.name", message: expect.stringContaining("budgets") },
    ]);
  });

  it("need the section that their remediation acts through, and say so once", () => {
    const rest = "do: restart-container, when: {model: m}, target: {label: a=b}";
    expect(problemsOf(`${base}fixes: [{name: a, ${rest}}, {name: b, ${rest}}]`)).toMatchObject([
      {
        path: "fixes",
        message: "act through a container engine, and there is none: add docker with its socket",
      },
    ]);
    const idle = remediations.map((type) => ({ ...type, requires: [] }));
    const text = `${base}fixes: [{name: a, ${rest}}]`;
    expect(parseConfig(text, { file: "dw.yaml", remediations: idle }).fixes).toHaveLength(1);
  });

  it("may not be auto when their remediation needs a person's consent", () => {
    const [restart] = remediations;
    expect.assert(restart);
    const asking = [{ ...restart, tier: "approval" as const }];
    const text = fix("when: {model: m}, target: {label: a=b}, mode: auto");
    expect(() => parseConfig(text, { file: "dw.yaml", remediations: asking })).toThrow(
      /tier approval/,
    );
  });
});

describe("a secret in the wrong place", () => {
  it.each([
    "store: {url: postgres://user:hunter2secret@h/d}",
    "store: {url: postgres://user@h/d?password=hunter2secret}",
    "store: postgres://user:hunter2secret@h/d",
    "jira: {url: https://bot:hunter2secret@j.example, user: bot, token_file: /t}",
    "jira: {url: https://j.example, user: bot, token: hunter2secret}",
    "jira: {url: https://j.example, user: bot, token_file: hunter2secret}",
    "jira: {url: http://j.example, user: bot, token_file: /t}",
  ])("%s is refused and not repeated", (text) => {
    expect(() => parse(text)).toThrow(ConfigError);
    expect(() => parse(text)).not.toThrow(/hunter2/);
  });
});

/** What a text makes parsing throw beside a ConfigError. */
function failure(text: string): unknown {
  try {
    parse(text);
    return undefined;
  } catch (error) {
    return error instanceof ConfigError ? undefined : error;
  }
}

describe("any text at all", () => {
  test.prop([fc.string()])("gives a configuration or a ConfigError, nothing else", (text) => {
    expect(failure(text)).toBeUndefined();
  });

  test.prop([fc.constantFrom("store", "sources", "fixes", "jira", "stream"), fc.json()])(
    "so does any JSON in a section",
    (section, json) => {
      expect(failure(`${base.replace(section, "x")}${section}: ${json}`)).toBeUndefined();
    },
  );

  it("is refused when its aliases multiply without end", () => {
    const times = 20;
    const twenty = (name: string): string => `[${`*${name},`.repeat(times)}]`;
    const bomb = `a: &a [1]\nb: &b ${twenty("a")}\nc: &c ${twenty("b")}\nd: ${twenty("c")}\n`;
    expect(problemsOf(bomb)).toMatchObject([{ message: expect.stringContaining("alias") }]);
  });
});

const saidOf = (line: string): readonly string[] =>
  problemsOf(`${base}${line}\n`).map(({ message }) => message);

describe("FR-M2: a value that would do harm", () => {
  it.each(["0s", "0m", "0ms"])("is refused where a time has to pass: %s", (text) => {
    const said = problemsOf(
      `store: {url: postgres://h/d}\nsources: {main: {poll_interval: ${text}}}\n`,
    );
    expect(said.map(({ message }) => message)).toEqual([
      expect.stringContaining("a duration above zero"),
    ]);
  });

  it.each(["http://jira.example.com", "http://10.0.0.1:8080", "http://127.0.0.1.example.com"])(
    "is refused where a token would travel unencrypted: %s",
    (url) => {
      expect(saidOf(`jira: {url: "${url}", user: u, token_file: /t}`)).toEqual([
        expect.stringContaining("unencrypted"),
      ]);
    },
  );

  it.each(["https://jira.example.com", "http://127.0.0.1:8080", "http://localhost:1"])(
    "is none where the token stays on this machine or is encrypted: %s",
    (url) => {
      expect(saidOf(`jira: {url: "${url}", user: u, token_file: /t}`)).not.toEqual([
        expect.stringContaining("unencrypted"),
      ]);
    },
  );

  it.each(["postgres://u:secret@h/d", "postgres://u@h/d?password=secret"])(
    "is refused where a password stands in an address: %s",
    (url) => {
      const said = problemsOf(`store: {url: "${url}"}\nsources: {main: {}}\n`);
      expect(said.map(({ message }) => message)).toEqual([
        expect.stringContaining("holds a password"),
      ]);
    },
  );
});
