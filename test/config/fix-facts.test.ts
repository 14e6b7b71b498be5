import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { fixDoubts } from "../../src/config/fix-facts.ts";
import { parseConfig } from "../../src/config/parse.ts";

const jira = `jira:
  url: https://jira.example
  user: dw@example.com
  token_file: /etc/driftwarden/jira-token
  project: OPS
`;

const doubts = (keys: string, rest = jira) => {
  const fix = `{name: a, when: {model: m}, do: restart-container, target: {label: app=x}, ${keys}}`;
  const text = `store: {url: postgres://h/d}\nsources: {main: {}}\ndocker: {}\n${rest}fixes: [${fix}]\n`;
  const config = parseConfig(text, { file: "dw.yaml", remediations });
  return fixDoubts(config).map(({ message, key }) => [message, key]);
};

describe("check looks at fixes", () => {
  it.each([
    ["auto", "a: acts by itself, and without jira: no ticket says that it did"],
    ["approve", "a: asks before it acts, and without jira: no ticket shows the question"],
  ])("and doubts mode %s where nobody hears of it", (mode, message) => {
    expect(doubts(`mode: ${mode}`, "")).toEqual([[message, "fixes.0.mode"]]);
    expect(doubts(`mode: ${mode}`)).toEqual([]);
  });

  it.each(["observe", "off"])("and doubts no mode %s without a tracker", (mode) => {
    expect(doubts(`mode: ${mode}`, "")).toEqual([]);
  });

  it.each([
    ["max_runs: 0 per 24h", [["a: max_runs 0 per 1d allows no run at all", "fixes.0.max_runs"]]],
    [
      "max_runs_per_target: 1000 per 1s",
      [
        [
          "a: max_runs_per_target 1000 per 1s is more than a run a minute, so it limits nothing",
          "fixes.0.max_runs_per_target",
        ],
      ],
    ],
    [
      "max_runs: [3 per 24h, 61 per 1h]",
      [
        [
          "a: max_runs 61 per 1h is more than a run a minute, so it limits nothing",
          "fixes.0.max_runs",
        ],
      ],
    ],
    ["max_runs: 60 per 1h", []],
    ["mode: off, max_runs: 0 per 24h", []],
  ])("and reads the budget %s", (keys, said) => {
    expect(doubts(keys)).toEqual(said);
  });

  it("and reads the budgets of all fixes together", () => {
    const healing = `${jira}healing: {max_runs: 0 per 1h, max_runs_per_host: 1000 per 1s}\n`;
    expect(doubts("mode: auto", healing)).toEqual([
      ["healing: max_runs 0 per 1h allows no run at all", "healing.max_runs"],
      [
        "healing: max_runs_per_host 1000 per 1s is more than a run a minute, so it limits nothing",
        "healing.max_runs_per_host",
      ],
    ]);
    expect(doubts("mode: off", healing)).toEqual([]);
  });
});
