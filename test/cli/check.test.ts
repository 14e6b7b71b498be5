import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkFolder, config, right, run, said } from "./checking.ts";

const mistaken = "store: {url: postgres://h/d}\nsources: {main: {tabel: x}}\nhttp: {listen: 5}\n";

describe("driftwarden check", () => {
  it("shows every part with a mark, and what is not right with its next step and line (FR-C1)", async () => {
    const { code, out } = await run(["check", "--config", config(right)], said);
    expect(out).toEqual([
      "✓ store   h/d, Postgres 15.18, schema 5, may write",
      "✓ source  main: 1 model",
      '✗ jira    "bot" may not create issues in IR. Ask the Jira admin for Create Issues. (line 5)',
      "! docker  a: nothing matches. Start it. (line 6)",
      "1 wrong, 1 doubtful. Nothing was written anywhere.",
    ]);
    expect(code).toBe(1);
  });

  it("says the same in JSON lines, each with all seven keys", async () => {
    const { code, out } = await run(["check", "--json", "--config", config(right)], said);
    const lines = out.map((line) => JSON.parse(line));
    expect(lines[0]).toEqual({
      part: "store",
      check: "rights",
      ok: true,
      doubtful: false,
      code: null,
      message: "h/d, Postgres 15.18, schema 5, may write",
      hint: null,
    });
    expect(lines.slice(2)).toMatchObject([
      { part: "tracker", ok: false, code: "DW_JIRA_PERMISSION_MISSING" },
      { part: "engine", ok: true, doubtful: true, code: null },
    ]);
    expect(code).toBe(1);
  });

  it("ends with 0 when something is doubtful and nothing is wrong", async () => {
    const { code } = await run(["doctor", "--config", config(right)], { engine: said.engine });
    expect(code).toBe(0);
  });

  it("connects to nothing with --offline, and says what the configuration would do", async () => {
    const file = config(right);
    const { code, out } = await run(["check", "--offline", "--config", file], said);
    expect(code).toBe(0);
    expect(out).toEqual([
      "✓ source  main: reads explainability_metrics every 30s, transform auto (common_scale, or none for a model with fewer than three features)",
      "✓ source  other: reads weights every 5s, transform share",
      expect.stringMatching(
        /^✓ fixes {3}a: ACTS BY ITSELF, restart-container .*app=x.*, at most 3 per 1d on whatever target$/,
      ),
      expect.stringMatching(/^✓ fixes {3}b: only says what it would do, restart-container .*app=y/),
      "! fixes   a: acts by itself, and without jira: no ticket says that it did. Add jira:, or say mode: observe.",
      `✓ config  ${file} is right`,
      "1 doubtful. Nothing was connected to.",
    ]);
  });

  it("says of a fix that asks first that it asks", async () => {
    const file = config(right.replace("mode: auto", "mode: approve"));
    const { out } = await run(["check", "--offline", "--config", file], said);
    expect(out[2]).toContain("a: asks a person, and acts once one has approved it, restart-");
    expect(out[4]).toBe(
      "! fixes   a: asks before it acts, and without jira: no ticket shows the question. Add jira:, or say mode: observe.",
    );
  });

  it("says which keys have moved, each with its line", async () => {
    const token = join(checkFolder(), "token");
    writeFileSync(token, "t", { mode: 0o600 });
    const jira = `jira: {url: https://j.example, auth: bearer, token_file: ${token}, resolve_after: 1m}`;
    const { code, out } = await run(["check", "--config", config(`${right}${jira}\n`)]);
    expect(code).toBe(0);
    expect(out[0]).toBe(
      "! config  jira.resolve_after: moved to incidents.resolve_after; it is still read here. Write it at its new place. (line 8)",
    );
  });

  it("names every problem of the file at once, looks at nothing else, and ends with 78", async () => {
    const { code, out } = await run(["check", "--config", config(mistaken)], said);
    expect(code).toBe(78);
    expect(out).toEqual([
      "✗ config  sources.main.tabel: unknown key; did you mean table? (line 2)",
      "✗ config  http.listen: expected an address and a port, such as 127.0.0.1:9642 or [::1]:9642, found a number (line 3)",
      "2 wrong. Nothing was written anywhere.",
    ]);
  });

  it("says one slip once", async () => {
    const text = "store: {urll: postgres://h/d}\nsources: {main: {}}\n";
    const { out } = await run(["check", "--config", config(text), "--json"]);
    expect(out.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({ part: "config", ok: false, code: "DW_CONFIG_INVALID" }),
    ]);
  });

  it("ends with 2 when the file cannot be read", async () => {
    expect(await run(["check", "--config", join(checkFolder(), "none")])).toMatchObject({
      code: 2,
      error: { code: "DW_CONFIG_UNREADABLE" },
    });
  });
});

describe("a command line that fits no command", () => {
  it.each([
    [["chek"], "check"],
    [["check", "--config", "x", "--jsn"], "--json"],
    [["check", "--config", "x", "more"], "too many arguments"],
    [[], "no command"],
  ])("%j ends with 2 and says what was meant", async (args, message) => {
    const { code, error } = await run(args);
    expect(code).toBe(2);
    expect(error).toMatchObject({
      code: "DW_CLI_USAGE",
      message: expect.stringContaining(message),
    });
  });

  it("is not one that asks for help or the version", async () => {
    expect(await run(["--version"])).toMatchObject({ code: 0, out: ["1.2.3"] });
    expect((await run(["--help"])).out.join("")).toContain("check");
    expect((await run(["check", "--help"])).code).toBe(0);
  });
});
