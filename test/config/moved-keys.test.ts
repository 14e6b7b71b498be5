import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { ConfigError, formatProblem, type Problem } from "../../src/config/errors.ts";
import { parseConfig } from "../../src/config/parse.ts";

const base = "store: {url: postgres://h/d}\nsources: {main: {}}\n";
const jira = "jira:\n  url: https://j.example\n  auth: bearer\n  token_file: /token\n";

/** The incidents section, and every warning or problem as one line. */
function read(text: string) {
  const said: string[] = [];
  const onWarning = (warning: Problem): void => void said.push(formatProblem(warning));
  try {
    const { incidents } = parseConfig(base + text, { file: "f", remediations, onWarning });
    return { incidents, said };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { said, problems: error.problems.map(formatProblem) };
  }
}

describe("when incidents resolve and reopen", () => {
  it("stands under incidents, also where there is no tracker", () => {
    expect(read("incidents: {resolve_after: 1m}\n")).toMatchObject({
      incidents: { resolve_after: 60_000, reopen_duration: 604_800_000 },
      said: [],
    });
  });

  it("is still read under jira, and the line is said", () => {
    expect(read(`${jira}  resolve_after: 1m\n  reopen_duration: 1h\n`)).toMatchObject({
      incidents: { resolve_after: 60_000, reopen_duration: 3_600_000 },
      said: [
        "line 7: jira.resolve_after: moved to incidents.resolve_after; it is still read here",
        "line 8: jira.reopen_duration: moved to incidents.reopen_duration; it is still read here",
      ],
    });
  });

  it("may stand half here and half there", () => {
    const text = `incidents: {reopen_duration: 1h}\n${jira}  resolve_after: 1m\n`;
    expect(read(text).incidents).toMatchObject({
      resolve_after: 60_000,
      reopen_duration: 3_600_000,
    });
  });

  it("is an error when the same key is given at both places", () => {
    const text = `incidents: {resolve_after: 1m}\n${jira}  resolve_after: 1m\n`;
    expect(read(text).problems).toEqual([
      "line 8: jira.resolve_after: moved to incidents.resolve_after, which is given too; leave this one out",
    ]);
  });

  it("is complained about where it stands when it is wrong", () => {
    expect(read(`${jira}  resolve_after: soon\n`).problems).toEqual([
      expect.stringMatching(/^line 7: jira\.resolve_after: /),
    ]);
  });

  it("does not hide that the section is none", () => {
    expect(read(`incidents: [1]\n${jira}  resolve_after: 1m\n`).problems).toEqual([
      expect.stringMatching(/^line 3: incidents: expected keys and values/),
    ]);
  });
});
