/** The configurations and commands of docs/how-to/shapes.md, as they are copied from it (FR-P1). */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { givenColumns } from "../../src/cli/columns-option.ts";
import { parseConfig } from "../../src/config/parse.ts";

const page = readFileSync("docs/how-to/shapes.md", "utf8");
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, block = ""]) => block);
const options = [...page.matchAll(/`?--columns ([^\s`]+)/g)].map(([, text = ""]) => text);
const cells = [...page.matchAll(/^\|.*\| `([a-z]+=[^`]+)`/gm)].map(([, text = ""]) => text);

describe("the how-to for other shapes", () => {
  it("shows five configurations", () => {
    expect(blocks).toHaveLength(5);
    expect(options).toHaveLength(1);
    expect(cells).toHaveLength(3);
  });

  it.each(blocks)("shows what is accepted: %s", (block) => {
    const text = `store: {url: postgres://h/d}\n${block}`;
    expect(() => parseConfig(text, { file: "dw.yaml", remediations })).not.toThrow();
  });

  it.each([...options, ...cells])("shows columns that are accepted: %s", (text) => {
    expect(() => givenColumns(text)).not.toThrow();
  });
});
