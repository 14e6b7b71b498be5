/** Every code that the reference explains is produced by a test. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");
const self = relative(root, import.meta.filename);

const testTexts = readdirSync(join(root, "test"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
  .map((entry) => relative(root, join(entry.parentPath, entry.name)))
  .filter((file) => file !== self)
  .map((file) => readFileSync(join(root, file), "utf8"));

const codesIn = (reference: string): readonly string[] =>
  [...reference.matchAll(/^### (DW_[A-Z_\d]+)$/gm)].map(([, code = ""]) => code);

/** As a whole, or as a template of its beginning with its end as a text in the same file. */
function isNamedIn(text: string, code: string): boolean {
  if (new RegExp(`\\b${code}\\b`).test(text)) return true;
  const words = code.split("_");
  return words.some((_, i) => {
    const [begin, end] = [words.slice(0, i).join("_"), words.slice(i).join("_")];
    return i > 1 && text.includes(`\`${begin}_\${`) && text.includes(`"${end}"`);
  });
}

describe("the codes of errors (FR-T6)", () => {
  const codes = codesIn(readFileSync(join(root, "docs/reference/errors.md"), "utf8"));

  it("are each named by a test", () => {
    const unnamed = codes.filter((code) => !testTexts.some((text) => isNamedIn(text, code)));
    expect(unnamed).toEqual([]);
  });

  it("would be missed where no test names one", () => {
    expect(codes.length).toBeGreaterThan(50);
    expect(codesIn("## Codes\n\n### DW_STORE_LOST\n\nText.")).toEqual(["DW_STORE_LOST"]);
    const template = 'it.each(["LOST"])("%s", (code) => check(`DW_STORE_${code}`));';
    expect(isNamedIn(template, "DW_STORE_LOST")).toBe(true);
    expect(isNamedIn(template, "DW_STORE_FOUND")).toBe(false);
    expect(isNamedIn("DW_STORE_LOST_AGAIN", "DW_STORE_LOST")).toBe(false);
  });
});
