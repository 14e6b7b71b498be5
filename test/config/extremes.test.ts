import { describe, expect, it } from "vitest";
import { z } from "zod";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { ConfigError } from "../../src/config/errors.ts";
import { type Path, valueAt } from "../../src/config/issues.ts";
import { parseConfig } from "../../src/config/parse.ts";
import { type Config, configSchema } from "../../src/config/schema.ts";
import { parseDuration } from "../../src/duration.ts";

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
    expect(parse(fix(`max_runs: ${text}`)).fixes[0]?.max_runs).toEqual([{ runs, windowMs }]);
  });

  it("max_runs: several limits, each of which holds", () => {
    const [several] = parse(fix("max_runs: [3 per 1h, 7 per day]")).fixes;
    expect(several?.max_runs).toEqual([
      { runs: 3, windowMs: 3_600_000 },
      { runs: 7, windowMs: 86_400_000 },
    ]);
  });

  it("cooldown: 0s, 1 hour", () => {
    expect(parse(fix("cooldown: 0s")).fixes[0]?.cooldown).toBe(0);
    expect(parse(fix("cooldown: 1 hour")).fixes[0]?.cooldown).toBe(3_600_000);
  });

  it.each([
    [fix("max_runs: often"), 'such as 3 per 24h, found "often"'],
    [fix("max_runs: [3 per 1h, often]"), "fixes.0.max_runs.1: expected a number of runs per time"],
    [fix("max_runs: []"), "fixes.0.max_runs"],
    [fix("max_runs: 3"), "expected a number of runs per time, such as 3 per 24h, or a list"],
    ["healing: {concurrency: 0}", "healing.concurrency"],
    ["healing: {max_runs_per_host: lots}", 'found "lots"'],
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

type Schema = z.core.JSONSchema.JSONSchema;

/** The paths of all keys with a duration as default, those of sources under the name main. */
function durationsIn(schema: Schema["items"], path: Path = []): readonly Path[] {
  if (typeof schema !== "object" || Array.isArray(schema)) return [];
  const { properties = {}, additionalProperties: rest, default: usual } = schema;
  if (typeof usual === "string" && parseDuration(usual) !== undefined) return [path];
  const named = Object.entries(properties).flatMap(([key, inner]) =>
    durationsIn(inner, [...path, key]),
  );
  return [...named, ...durationsIn(rest, [...path, "main"])];
}

describe("every duration that is accepted can be added to a date (FR-U1)", () => {
  const schema = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" });
  const paths = durationsIn(schema).map((path) => path.join("."));
  const whole = {
    store: { url: "postgres://h/d" },
    sources: { main: {} },
    docker: {},
    jira: { url: "https://j", user: "u", token_file: "/t", project: "IR" },
    alertmanager: { url: "https://a" },
    stream: { kafka: { brokers: ["b:1"] } },
  };

  function parsedWith(path: string, text: string): unknown {
    const input: unknown = structuredClone(whole);
    const keys = path.split(".");
    let place = input;
    for (const key of keys.slice(0, -1)) {
      const inner = valueAt(place, [key]) ?? {};
      if (typeof place === "object" && place !== null) Reflect.set(place, key, inner);
      place = inner;
    }
    if (typeof place === "object" && place !== null) Reflect.set(place, keys.at(-1) ?? "", text);
    const config = parseConfig(JSON.stringify(input), { file: "dw.yaml", remediations });
    return valueAt(config, keys);
  }

  it("looks at all of them", () => {
    expect(paths).toContain("sources.main.overlap");
    expect(paths).toContain("incidents.reopen_duration");
    expect(paths.length).toBeGreaterThan(20);
  });

  it.each(paths)("%s: 1000000000w is refused with what is accepted, once", (path) => {
    expect(() => parsedWith(path, "1000000000w")).toThrow(
      /has 1 problem:.* up to 36500d, such as .*, found "1000000000w"/s,
    );
  });

  it.each(paths)("%s: 36500d is a date from now, or refused for a nearer bound", (path) => {
    let ms: unknown = 0;
    let refusal = "is more than";
    try {
      ms = parsedWith(path, "36500d");
    } catch (error) {
      refusal = String(error);
    }
    const timestamp = Date.UTC(2030);
    expect(refusal).toContain("is more than");
    expect(new Date(timestamp + Number(ms)).getTime()).toBe(timestamp + Number(ms));
    expect(Number.isSafeInteger((timestamp + Number(ms)) * 1000)).toBe(true);
  });
});
