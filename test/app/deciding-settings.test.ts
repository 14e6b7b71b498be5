import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { decidingHash, olderHash } from "../../src/app/deciding-settings.ts";
import { parseConfig } from "../../src/config/parse.ts";
import type { Config } from "../../src/config/schema.ts";

const configOf = (lines: string): Config =>
  parseConfig(`store: {url: postgres://h/d}\n${lines}\n`, { file: "dw.yaml", remediations });

const base = "sources: {main: {}}";
const jira = (more: string): string =>
  `${base}\njira: {url: https://j.example.com, user: u, token_file: /t, ${more}}`;
const sarah = (more: string): string => `${base}\npeople: {sarah: {jira: s, ${more}}}`;

describe("the settings that two processes must share", () => {
  it.each([
    [base, `${base}\ndetection: {sensitivity: high}`],
    [base, `${base}\nincidents: {resolve_after: 1h}`],
    [base, "sources: {main: {transform: share}}"],
    [base, "sources: {main: {ignore: [a]}}"],
    [base, 'sources: {main: {versioned_names: "{name}-v{version}"}}'],
    [base, "sources: {main: {environment: test}}"],
    [
      base,
      `${base}\ndocker: {}\nfixes: [{name: a, when: {model: m}, do: restart-container, target: {label: app=x}}]`,
    ],
    [base, `${base}\nhealing: {max_runs: 1 per 1h}`],
    [base, `${base}\nhealing: {concurrency: 2}`],
    [base, `${base}\nhealing: {storm: {targets: 5}}`],
    [base, `${base}\nverify: {health_after: 1m}`],
    [base, `${base}\nroutes: [{when: {model: m}, components: [c]}]`],
    [base, `${base}\npeople: {sarah: {}}`],
    [base, `${base}\nlinks: {runbook_url: "https://wiki.example.com/{kind}"}`],
    [base, jira("project: AB")],
    [sarah("roles: []"), sarah("roles: [commander]")],
    [sarah("scopes: [read]"), sarah("scopes: [read, act]")],
    [sarah("machine: false"), sarah("machine: true")],
    [sarah("roles: []"), `${sarah("roles: []")}\nteams: {ml: [sarah]}`],
    [jira("project: AB"), jira("project: CD")],
    [jira("priorities: none"), jira("priorities: {P0: Top}")],
  ])("are other ones with %j and %j", (one, other) => {
    expect(decidingHash(configOf(one))).not.toBe(decidingHash(configOf(other)));
  });

  it.each([
    [base, "sources: {main: {poll_interval: 1m}}"],
    [base, "sources: {main: {url: postgres://other/db}}"],
    [base, `${base}\nhttp: {listen: 127.0.0.1:0}`],
    [base, `${base}\ntelemetry: {log_level: debug}`],
    [base, `${base}\nstartup_timeout: 10s`],
    [base, `${base}\ndocker: {socket: /run/d.sock}`],
    [base, `${base}\nalertmanager: {url: http://127.0.0.1:9093}`],
    [sarah("roles: []"), sarah("roles: [], token_file: /t")],
    [jira("project: AB"), jira("project: AB, ca_file: /c, deadline: 9s")],
  ])("are the same with %j and %j, which differ in places, secrets and paces", (one, other) => {
    expect(decidingHash(configOf(one))).toBe(decidingHash(configOf(other)));
  });

  it("hash for an older program as that program hashes them", () => {
    expect(olderHash(configOf(base))).toBe(
      olderHash(configOf(`${base}\nhealing: {concurrency: 2}`)),
    );
    expect(olderHash(configOf(base))).not.toBe(
      olderHash(configOf(`${base}\nincidents: {resolve_after: 1h}`)),
    );
  });
});
