import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { remediationTypes as remediations } from "../../remediations/index.ts";
import { offlineBuilders } from "../../src/app/offline.ts";
import { type CheckParts, registerCheck } from "../../src/cli/check.ts";
import { exitCodeOf } from "../../src/cli/exit-code.ts";
import { runProgram } from "../../src/cli/program.ts";
import { type CheckFinding, doubtful, fine, wrong } from "../../src/finding.ts";

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

type Found = Readonly<Record<string, readonly CheckFinding[]>>;

/** @param found what each part is found to be */
async function run(args: readonly string[], found: Found = {}): Promise<Outcome> {
  const out: string[] = [];
  let code = 0;
  const cli = {
    print: (line: string) => void out.push(line),
    say: () => undefined,
    exitWith: (given: number) => {
      code = given;
    },
    stopSignal: () => new AbortController().signal,
  };
  const looks = (): ReturnType<CheckParts["checksOf"]> =>
    Object.entries(found).map(([part, findings]) => ({
      part,
      look: () => Promise.resolve(findings),
    }));
  try {
    const commands = [
      (program: Parameters<typeof registerCheck>[0]) =>
        registerCheck(program, {
          cli,
          remediations,
          budgetTexts: offlineBuilders.budgetTexts,
          checksOf: looks,
          doctorChecksOf: (_config, send) =>
            send === "jira"
              ? undefined
              : [...looks(), ...machineAnd(`channel:${send}` in found ? undefined : send)],
        }),
    ];
    await runProgram(args, { version: "1.2.3", cli, commands });
    return { code, out, error: undefined };
  } catch (error) {
    return { code: exitCodeOf(error), out, error };
  }
}

/** This machine, and the place that got a test message. */
const machineAnd = (send?: string): ReturnType<CheckParts["checksOf"]> => [
  {
    part: "machine",
    look: async () => [
      doubtful("clock", {
        message: "unsynchronised",
        hint: "Run: x.",
        ask: "root on this machine",
      }),
    ],
  },
  ...(send === undefined
    ? []
    : [{ part: `channel:${send}`, look: async () => [fine("sent", "was posted")] }]),
];

function config(text: string): string {
  const file = join(folder, "dw.yaml");
  writeFileSync(file, text);
  return file;
}

const right = `
store: {url: postgres://h/d}
sources: {main: {}, other: {transform: share, poll_interval: 5s, table: weights}}
docker: {}
fixes:
  - {name: a, when: {model: m}, do: restart-container, target: {label: app=x}, mode: auto}
  - {name: b, when: {model: m}, do: restart-container, target: {label: app=y}}
`;
const mistaken = "store: {url: postgres://h/d}\nsources: {main: {tabel: x}}\nhttp: {listen: 5}\n";

const said = {
  store: [fine("rights", "h/d, Postgres 15.18, schema 5, may write")],
  "source:main": [fine("rows", "1 model")],
  tracker: [
    wrong("rights", {
      code: "DW_JIRA_PERMISSION_MISSING",
      message: '"bot" may not create issues in IR',
      hint: "Ask the Jira admin for Create Issues.",
      key: "fixes",
    }),
  ],
  engine: [doubtful("a", { message: "a: nothing matches", hint: "Start it.", key: "fixes.0" })],
} satisfies Found;

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
    const token = join(folder, "token");
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
    expect(await run(["check", "--config", join(folder, "none")])).toMatchObject({
      code: 2,
      error: { code: "DW_CONFIG_UNREADABLE" },
    });
  });
});

describe("driftwarden doctor", () => {
  it("says what check says, then this machine, and whom to ask", async () => {
    const { code, out } = await run(["doctor", "--config", config(right)], said);
    expect(out).toEqual([
      "✓ store   h/d, Postgres 15.18, schema 5, may write",
      "✓ source  main: 1 model",
      '✗ jira    "bot" may not create issues in IR. Ask the Jira admin for Create Issues. (line 5) Ask Jira\'s administrator.',
      "! docker  a: nothing matches. Start it. (line 6)",
      "! machine unsynchronised. Run: x. Ask root on this machine.",
      "1 wrong, 2 doubtful. Nothing was written anywhere.",
    ]);
    expect(code).toBe(1);
  });

  it("says in each JSON line whom to ask, and nobody where nothing is to be done", async () => {
    const { out } = await run(["doctor", "--json", "--config", config(right)], said);
    expect(out.map((line) => JSON.parse(line).ask)).toEqual([
      null,
      null,
      "Jira's administrator",
      "you",
      "root on this machine",
    ]);
    expect(Object.keys(JSON.parse(out[0] ?? ""))).toHaveLength(8);
  });

  it("says once what two looks at one part find in the same way", async () => {
    const [tracker] = said.tracker;
    const { out } = await run(["doctor", "--config", config(right)], {
      tracker: [...said.tracker, ...said.tracker],
      store: said.store,
    });
    expect(out.filter((line) => line.includes(tracker?.message ?? "none"))).toHaveLength(1);
    expect(out.at(-1)).toContain("1 wrong");
  });

  it("looks at no machine and sends nothing with --offline", async () => {
    const { out } = await run(["doctor", "--offline", "--config", config(right)], said);
    expect(out.join()).not.toContain("unsynchronised");
    expect(out.at(-1)).toContain("Nothing was connected to.");
  });

  it("goes on where only a secret is missing, and ends with 78", async () => {
    const secret = `store: {url: "postgres://h/d", password_file: ${join(folder, "none")}}\nsources: {main: {url: "postgres://h/d"}}\n`;
    const { code, out } = await run(["doctor", "--config", config(secret)]);
    expect(code).toBe(78);
    expect(out[0]).toMatch(/^✗ config .*password_file: cannot be read/);
    expect(out.length).toBeGreaterThan(2);
    const { out: checked } = await run(["check", "--config", config(secret)]);
    expect(checked.length).toBe(2);
  });

  it("says that a test message did not arrive", async () => {
    const failed = wrong("sent", { code: "X", message: "no", hint: "Look." });
    const { out } = await run(["doctor", "--send", "--config", config(right)], {
      "channel:alertmanager": [failed],
    });
    expect(out.at(-1)).toBe("1 wrong, 1 doubtful. The test message did not arrive.");
  });

  it("asks whoever wrote the configuration where its own words are wrong", async () => {
    const missing = {
      code: "DW_STORE_DATABASE_MISSING",
      message: "no database dirftwarden",
      hint: "Correct it.",
    };
    const { out } = await run(["doctor", "--config", config(right)], {
      store: [wrong("connection", missing)],
      "source:main": [wrong("rights", { ...missing, code: "DW_SOURCE_FORBIDDEN" })],
    });
    expect(out.find((line) => line.includes("store"))).not.toContain("Ask");
    expect(out.find((line) => line.includes("main:"))).toContain("Ask the source's database");
  });

  it("sends a test message only when it is asked to, and says so", async () => {
    const { out } = await run(["doctor", "--send", "--config", config(right)]);
    expect(out.slice(1)).toEqual([
      "✓ channel alertmanager: was posted",
      "1 doubtful. Only the test message was sent.",
    ]);
  });

  it.each([
    [["--send", "jira"], "no section jira:"],
    [["--send", "mail"], "mail"],
    [["--send", "alertmanager", "--offline"], "--offline"],
  ])("ends with 2 for %j", async (args, message) => {
    const { code, error } = await run(["doctor", ...args, "--config", config(right)]);
    expect(code).toBe(2);
    expect(error).toMatchObject({
      code: "DW_CLI_USAGE",
      message: expect.stringContaining(message),
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
