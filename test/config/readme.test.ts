import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { parseConfig } from "../../src/config/parse.ts";
import type { Config } from "../../src/config/schema.ts";

/** The configuration of the README, as it grows: what it needs to watch, then Jira, then a fix that only observes. */
const steps = [...readFileSync("README.md", "utf8").matchAll(/```yaml\n([\s\S]*?)```/g)].map(
  ([, block = ""]) => block.replaceAll(/^ {3}/gm, ""),
);

/** What outsiders rely on: every section, with the keys that it has always had. */
const complete = `
store: {url_file: /run/credentials/store-url}
sources: {main: {url: postgres://readonly@127.0.0.1/explainability, poll_interval: 1s}}
stream: {kafka: {brokers: ["127.0.0.1:9092"], topic: driftwarden}}
jira: {url: http://127.0.0.1:2990, user: bot, token_file: /run/credentials/jira-token, project: IR, issue_type: Bug}
docker: {socket: /var/run/docker.sock}
verify: {health_after: 5m, model_after: 5m, give_up_after: 6 cadences}
fixes: [{name: restart-svc, when: {feature: cpu_usage}, do: restart-container, target: {label: app=my-service}, mode: auto, cooldown: 30m, max_runs: 3 per 24h}]
http: {listen: 127.0.0.1:9642}
`;

const parse = (text: string): Config => parseConfig(text, { file: "dw.yaml", remediations });

describe("a configuration that is shown", () => {
  it("grows step by step in the README, and is right after each", () => {
    const grown = steps.map((_, index) => parse(steps.slice(0, index + 1).join("")));
    expect(grown.map(({ jira, fixes }) => [jira?.project, fixes[0]?.mode])).toEqual([
      [undefined, undefined],
      ["IR", undefined],
      ["IR", "observe"],
    ]);
  });

  it("may have every section", () => {
    const config = parse(complete);
    expect(config.sources["main"]?.poll_interval).toBe(1000);
    expect(config.stream.kafka?.topic).toBe("driftwarden");
    expect(config.verify.give_up_after).toBe(6);
    expect(config.http.listen).toEqual({ host: "127.0.0.1", port: 9642 });
  });

  it("hands each fix's own keys to its remediation", () => {
    const [restart] = parse(complete).fixes;
    expect(restart).toMatchObject({
      name: "restart-svc",
      when: { feature: ["cpu_usage"] },
      mode: "auto",
      cooldown: 1_800_000,
      max_runs: [{ runs: 3, windowMs: 86_400_000 }],
      options: { target: { label: "app=my-service" } },
    });
  });
});
