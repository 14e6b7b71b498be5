/** docs/reference/cli.md is what the program says of its own commands. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";

/** The help of every command, as long as no terminal sets its width. */
async function helpOfAll(): Promise<string> {
  const args = ["--import", "tsx", "src/main.ts", "--help-all"];
  // A variable that names a configuration would be shown as the value of --config.
  const env = { PATH: process.env["PATH"] ?? "" };
  return (await promisify(execFile)(process.execPath, args, { env })).stdout;
}

/** A section for each command. */
function page(help: string): string {
  const texts = help.split(/^(?=Usage: )/m).filter((text) => text.trim() !== "");
  const sections = texts.map((text) => {
    const usage = /^Usage: (.*)$/m.exec(text)?.[1] ?? "";
    const name = usage.replace(/ [[<].*$/, "");
    return `## ${name}\n\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n`;
  });
  return `# Command line

Every command with its arguments and options. Data goes to stdout, messages to stderr. Exit codes:
[ARCHITECTURE.md](../ARCHITECTURE.md#what-others-may-rely-on). This page is generated from the program.

${sections.join("\n")}`;
}

describe("docs/reference/cli.md", () => {
  it("shows every command and option of the program; if it is stale, run this test with --update", async () => {
    const written = page(await helpOfAll());
    expect(written.match(/^## /gm)?.length).toBeGreaterThan(25);
    expect(written).toContain("## driftwarden doctor\n");
    await expect(written).toMatchFileSnapshot("../../docs/reference/cli.md");
  });
});
