import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import {
  executorSchema,
  loadExecutorConfig,
  parseExecutorConfig,
} from "../../src/config/executor.ts";
import { parseConfig } from "../../src/config/parse.ts";

const file = "systemd/executor.example.yaml";
const example = readFileSync(file, "utf8");
const problems = (text: string): string => {
  try {
    parseExecutorConfig(text, "executor.yaml");
    return "";
  } catch (error) {
    return String(error);
  }
};

describe("the executor's configuration", () => {
  it("is right as it is shipped, and shows every key with its default", () => {
    const config = loadExecutorConfig(file);
    const defaults = parseExecutorConfig("docker: {}", file);
    const { allow, ...rest } = config;
    expect(rest).toEqual({ ...rest, ...defaults, allow: undefined });
    expect(allow).toMatchObject([{ label: "app=my-service", verbs: ["restart"] }]);
    const everything = example.replaceAll(/^(\s*)#(?=- |  [\w#]|\w+:$)/gm, "$1");
    const shown: unknown = parse(everything);
    expect(Object.keys(Object(shown)).toSorted()).toEqual(
      Object.keys(executorSchema.shape).toSorted(),
    );
    const { allow: allowed, prune_images, update_memory } = parseExecutorConfig(everything, file);
    expect(allowed).toHaveLength(3);
    const [prunes, updates] = [
      "prune_images: {older_than: 7d}",
      "update_memory: {min_mib: 64, max_mib: 2048}",
    ];
    const changes = parseExecutorConfig(`${prunes}\n${updates}`, file);
    expect({ prune_images, update_memory }).toEqual({
      prune_images: changes.prune_images,
      update_memory: changes.update_memory,
    });
    expect([rest.prune_images, rest.update_memory]).toEqual([undefined, undefined]);
  });

  it("allows nothing and offers nothing when it is empty", () => {
    expect(parseExecutorConfig("", file)).toMatchObject({ allow: [] });
    expect(parseExecutorConfig("", file).docker).toBeUndefined();
  });

  it.each([
    ["alow: []", "alow: unknown key; did you mean allow?"],
    ["allow: [{}]", "needs exactly one of name, label and compose_service"],
    ["allow: [{name: a, label: a=b}]", "needs exactly one of name, label and compose_service"],
    ["allow: [{name: 'svc-*'}]", "must be the exact name of a container"],
    ["allow: [{label: app=}]", "must be key=value"],
    ["allow: [{compose_project: p, name: a}]", "compose_project narrows compose_service"],
    ["allow: [{name: a, verbs: [exec]}]", "expected one of restart, logs, update-memory"],
    ["allow: [{name: a, verbs: []}]", "allow.0.verbs"],
    ["prune_images: {}", "prune_images.older_than"],
    [
      "prune_images: {older_than: 1d, keep: [':latest']}",
      "must be sha256: and 64 digits, a repository",
    ],
    ["update_memory: {min_mib: 64}", "update_memory.max_mib"],
    ["update_memory: {min_mib: 64, max_mib: 32}", "min_mib is above max_mib"],
    ["max_acts: often", "expected a number of runs per time"],
    ["socket: relative.sock", "socket"],
    ["peer: ''", "peer"],
  ])("refuses %s", (text, why) => {
    expect(problems(text)).toContain(why);
  });
});

describe("a wrong configuration of the executor", () => {
  it("that cannot be read is asked for by its option alone", () => {
    expect(() => loadExecutorConfig("/nonexistent/executor.yaml")).toThrow(
      expect.objectContaining({
        code: "DW_CONFIG_UNREADABLE",
        hint: expect.stringMatching(/^Name a file .*--config FILE; docs\/how-to\/executor.md/),
      }),
    );
  });

  it("does not send people to check, which reads the daemon's configuration", () => {
    expect(() => parseExecutorConfig("alow: []", file)).toThrow(
      expect.objectContaining({ hint: "Correct the file, then start the executor again." }),
    );
  });
});

const given = (docker: string): string =>
  `{store: {url: "postgres://h/d"}, sources: {a: {}}, docker: ${docker}}`;

describe("docker: of the daemon", () => {
  it("names the executor's socket instead of the engine's", () => {
    const text = given("{executor: /run/driftwarden/executor.sock}");
    const config = parseConfig(text, { file: "dw.yaml", remediations });
    expect(config.docker?.executor).toBe("/run/driftwarden/executor.sock");
  });

  it("does not name both, since one of them would be ignored", () => {
    const text = given("{executor: /e, socket: /s}");
    expect(() => parseConfig(text, { file: "dw.yaml", remediations })).toThrow(
      "remove docker.socket, the executor opens it",
    );
  });
});
