import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { wrong } from "../../src/finding.ts";
import { checkFolder, config, right, run, said } from "./checking.ts";

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
    const secret = `store: {url: "postgres://h/d", password_file: ${join(checkFolder(), "none")}}\nsources: {main: {url: "postgres://h/d"}}\n`;
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
