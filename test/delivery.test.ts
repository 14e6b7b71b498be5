import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const page = readFileSync("docs/explanation/delivery.md", "utf8");

interface Guarantee {
  readonly guarantee: string;
  readonly file: string;
  readonly test: string;
  readonly name: string;
}

/** A row as the page's tables have it: guarantee, mechanism, file, test file and the test's name. */
const row = /^\| ([^|]+) \| [^|]+ \| `([^`|]+)` \| `([^`|]+)`: ([^|]+) \|$/;

const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| ") && !line.startsWith("| guarantee "));
const guarantees = rows.flatMap((line): readonly Guarantee[] => {
  const [, guarantee, file, test, name] = row.exec(line) ?? [];
  if (guarantee === undefined || file === undefined || test === undefined) return [];
  return [{ guarantee, file, test, name: name?.trim() ?? "" }];
});

/** Whether the file has a test, or a row of a table of tests, of this name. */
function hasTest(source: string, name: string): boolean {
  return source.includes(`"${name}"`) || source.includes(`'${name}'`);
}

describe("the guarantees of delivery", () => {
  it("are all rows of the form guarantee, mechanism, file, test", () => {
    expect(guarantees).toHaveLength(rows.length);
    expect(guarantees.length).toBeGreaterThan(20);
  });

  it.each(guarantees)("$guarantee: its mechanism and its test exist", ({ file, test, name }) => {
    expect(existsSync(file)).toBe(true);
    expect(existsSync(test)).toBe(true);
    expect(hasTest(readFileSync(test, "utf8"), name)).toBe(true);
  });

  it("would miss a test that is gone", () => {
    const source = readFileSync("test/integration/effects.test.ts", "utf8");
    expect(hasTest(source, "are carried out by magic")).toBe(false);
  });
});
