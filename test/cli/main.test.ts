import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";

async function main(
  ...args: readonly string[]
): Promise<{ code: unknown; out: string; err: string }> {
  const child = spawn(process.execPath, ["--import", "tsx", "src/main.ts", ...args]);
  const [out, err, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { code, out, err };
}

// Each starts the program from its sources, which takes seconds on a busy machine.
describe("the program", () => {
  it("keeps messages off stdout, shows no stack and ends with the error's code", async () => {
    const { code, out, err } = await main("check", "--config", "/nowhere.yaml");
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^error: .*\nhint: .*\ncode: DW_CONFIG_UNREADABLE\n$/);
  });

  it("checks the example configuration but for its secrets, which are elsewhere", async () => {
    const { code, out } = await main(
      "check",
      "--json",
      "--config",
      "systemd/driftwarden.example.yaml",
    );
    expect(code).toBe(78);
    const paths = out
      .trim()
      .split("\n")
      .map((line): string => JSON.parse(line).check);
    expect(paths.filter((path) => !path.endsWith("_file"))).toEqual([]);
  });

  it("does not mind a reader that stops early", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "src/main.ts", "--help"]);
    child.stdout.destroy();
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, "exit")]);
    expect({ err, code }).toEqual({ err: "", code: 0 });
  });
});
