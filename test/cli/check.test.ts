import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { registerCheck } from "../../src/cli/check.ts";
import { exitCodeOf } from "../../src/cli/exit-code.ts";
import { runProgram } from "../../src/cli/program.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "dw-check-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

interface Outcome {
  readonly code: number;
  readonly out: readonly string[];
  readonly error: unknown;
}

async function run(...args: readonly string[]): Promise<Outcome> {
  const out: string[] = [];
  const cli = {
    print: (line: string) => void out.push(line),
    say: () => undefined,
    exitWith: () => undefined,
    stopSignal: () => new AbortController().signal,
  };
  const check = { cli, remediations };
  try {
    const commands = [
      (program: Parameters<typeof registerCheck>[0]) => registerCheck(program, check),
    ];
    await runProgram(args, { version: "1.2.3", cli, commands });
    return { code: 0, out, error: undefined };
  } catch (error) {
    return { code: exitCodeOf(error), out, error };
  }
}

function config(text: string): string {
  const file = join(folder, "dw.yaml");
  writeFileSync(file, text);
  return file;
}

const price =
  "if that is a view, a foreign or a partitioned table, rows that commit later than 5m after their timestamp are missed, every poll reads the last 5m again, and detection runs that far behind";

const right = `
store: {url: postgres://h/d}
sources: {main: {}, other: {transform: share, poll_interval: 5s, table: weights}}
docker: {}
fixes:
  - {name: a, when: {model: m}, do: restart-container, target: {label: app=x}, mode: auto}
  - {name: b, when: {model: m}, do: restart-container, target: {label: app=y}}
`;
const wrong = "store: {url: postgres://h/d}\nsources: {main: {tabel: x}}\nhttp: {listen: 5}\n";

describe("driftwarden check", () => {
  it("says which transform each source gets and which fixes would act by themselves", async () => {
    const file = config(right);
    const { code, out } = await run("check", "--config", file);
    expect(code).toBe(0);
    expect(out).toEqual([
      `source main: reads explainability_metrics every 30s, transform auto (common_scale, or none for a model with fewer than three features); ${price}`,
      `source other: reads weights every 5s, transform share; ${price}`,
      expect.stringMatching(
        /^fix a: ACTS BY ITSELF, restart-container .*app=x.*, at most 3 per 1d on whatever target$/,
      ),
      expect.stringMatching(/^fix b: only says what it would do, restart-container .*app=y/),
      `${file} is right`,
    ]);
  });

  it("says which keys have moved, each with its line", async () => {
    const token = join(folder, "token");
    writeFileSync(token, "t", { mode: 0o600 });
    const jira = `jira: {url: https://j.example, auth: bearer, token_file: ${token}, resolve_after: 1m}`;
    const file = config(`${right}${jira}\n`);
    const { out } = await run("check", "--config", file);
    const moved = "moved to incidents.resolve_after; it is still read here";
    expect(out[0]).toBe(`line 8: jira.resolve_after: ${moved}`);
    expect(out.at(-1)).toBe(`${file} is right`);
    const json = await run("check", "--config", file, "--json");
    const warning = { warning: moved, path: "jira.resolve_after", line: 8 };
    expect(JSON.parse(json.out[0] ?? "")).toEqual(warning);
  });

  it("says it in JSON lines as well", async () => {
    const { out } = await run("check", "--config", config(right), "--json");
    expect(out.map((line) => JSON.parse(line))).toMatchObject([
      { source: "main", transform: "auto", table: "explainability_metrics" },
      { source: "other", transform: "share", table: "weights" },
      { fix: "a", mode: "auto", do: "restart-container", options: { target: { label: "app=x" } } },
      { fix: "b", mode: "observe" },
    ]);
  });

  it("names every problem at once and ends with 78", async () => {
    const { code, error } = await run("check", "--config", config(wrong));
    expect(code).toBe(78);
    expect(String(error)).toMatch(
      /line 2: sources\.main\.tabel: .*table.*\n.*line 3: http\.listen/,
    );
  });

  it("gives each problem as a JSON line with its line and path", async () => {
    const { code, out } = await run("check", "--config", config(wrong), "--json");
    expect(code).toBe(78);
    expect(out.map((line) => JSON.parse(line))).toMatchObject([
      { line: 2, path: "sources.main.tabel" },
      { line: 3, path: "http.listen" },
    ]);
  });

  it("ends with 2 when the file cannot be read", async () => {
    expect(await run("check", "--config", join(folder, "none"))).toMatchObject({
      code: 2,
      error: { code: "DW_CONFIG_UNREADABLE" },
    });
  });
});

describe("a command line that fits no command", () => {
  it.each([
    [["check"], "--config"],
    [["chek"], "check"],
    [["check", "--config", "x", "--jsn"], "--json"],
    [["check", "--config", "x", "more"], "too many arguments"],
    [[], "no command"],
  ])("%j ends with 2 and says what was meant", async (args, message) => {
    const { code, error } = await run(...args);
    expect(code).toBe(2);
    expect(error).toMatchObject({
      code: "DW_CLI_USAGE",
      message: expect.stringContaining(message),
    });
  });

  it("is not one that asks for help or the version", async () => {
    expect(await run("--version")).toMatchObject({ code: 0, out: ["1.2.3"] });
    expect((await run("--help")).out.join("")).toContain("check");
    expect((await run("check", "--help")).code).toBe(0);
  });
});
