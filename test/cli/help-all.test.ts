/** What the program says about itself as a whole, and the manual page that is written from it. */
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { runProgram } from "../../src/cli/program.ts";
import { roffPage } from "../../systemd/package/man.ts";

const commands = [
  (program: Command): void => {
    const fruit = program.command("fruit").description("look after fruit");
    fruit
      .command("peel <name>")
      .description("peel one fruit")
      .option("--knife <which>", "the knife, which is chosen by its name; a long text is wrapped");
  },
];

async function printed(...args: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const cli = {
    print: (line: string) => void lines.push(line),
    say: () => undefined,
    exitWith: () => undefined,
    stopSignal: () => new AbortController().signal,
  };
  await runProgram(args, { version: "1.2.3", cli, commands });
  return lines.join("\n");
}

describe("driftwarden --help-all", () => {
  it("prints the help of the program, of each command and of each command below it", async () => {
    const text = await printed("--help-all");
    const usages = [...text.matchAll(/^Usage: (.*)$/gm)].map(([, usage]) => usage);
    expect(usages).toEqual([
      "driftwarden [options] [command]",
      "driftwarden fruit [options] [command]",
      "driftwarden fruit peel [options] <name>",
      "driftwarden version [options]",
    ]);
    expect(text).toContain(await printed("fruit", "peel", "--help"));
  });

  it("is what the manual page says, in full sentences and with nothing that roff obeys", async () => {
    const page = roffPage(await printed("--help-all"), { version: "1.2.3", date: "2026-01-31" });
    expect(page).toContain('.TH DRIFTWARDEN 1 2026-01-31 "driftwarden 1.2.3"');
    expect(page).toContain(
      [
        ".SS driftwarden fruit peel [options] <name>",
        "peel one fruit",
        ".TP",
        ".B \\-\\-knife <which>",
        "the knife, which is chosen by its name; a long text is wrapped",
      ].join("\n"),
    );
    expect(page).not.toContain("\\-\\-help");
  });
});

it("driftwarden version prints what --version prints", async () => {
  expect(await printed("version")).toBe("1.2.3");
  expect(await printed("--version")).toBe("1.2.3");
});
