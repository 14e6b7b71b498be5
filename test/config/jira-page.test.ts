/** The configurations of docs/how-to/jira.md, as they are copied from it. */
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { parseConfig } from "../../src/config/parse.ts";

const page = readFileSync("docs/how-to/jira.md", "utf8");
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = ""]) => block);
const rest = "store: {url: postgres://h/d}\nsources: {main: {url: postgres://h/d}}\n";

it("the how-to for Jira shows the three ways to log in, and routes", () => {
  expect(blocks).toHaveLength(4);
});

const problemsOf = (block: string): string => {
  // The file of a token is on the reader's machine.
  const text = rest + block.replaceAll(/^ *token_file: .*$/gm, "  token_file: token");
  try {
    parseConfig(text, { file: "dw.yaml", remediations });
    return "";
  } catch (error) {
    return String(error);
  }
};

it.each(blocks)("the how-to for Jira shows what is accepted: %s", (block) => {
  const wanted = block.startsWith("jira:") ? /has 1 problem:\n.*token_file/ : /^$/;
  expect(problemsOf(block)).toMatch(wanted);
});
