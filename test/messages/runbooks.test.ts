import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { advice, adviceText } from "../../src/messages/advice.ts";

const kinds = Object.entries(advice);

describe("a runbook (FR-T2)", () => {
  it.each(kinds)("for %s says what its ticket says", (kind, { look, belongsTo, closes }) => {
    const page = readFileSync(`docs/runbooks/${kind}.md`, "utf8").toLowerCase();
    for (const text of [...look, belongsTo, closes]) {
      expect(page).toContain(adviceText(text, undefined).toLowerCase());
    }
  });

  it("is listed for every kind", () => {
    const list = readFileSync("docs/runbooks/README.md", "utf8");
    for (const [kind] of kinds) expect(list).toContain(`](${kind}.md)`);
  });
});

describe("advice", () => {
  it("is another one for each kind of fault, so that a silent model is not told to be announced", () => {
    const firsts = kinds.filter(([kind]) => kind !== "level_shift").map(([, { look }]) => look[0]);
    expect(new Set(firsts).size).toBe(firsts.length);
  });
});
