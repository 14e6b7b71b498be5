import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sealedTables } from "../../../src/store/journal/sealed-tables.ts";

const page = readFileSync(new URL("../../../docs/reference/audit.md", import.meta.url), "utf8");

describe("docs/reference/audit.md", () => {
  it.each(sealedTables)("names the sealed columns of $name", ({ name, columns }) => {
    const row = `| ${name} | ${columns.map((column) => column.replaceAll('"', "")).join(", ")} |`;
    expect(page).toContain(row);
  });
});
