/** Every command that tickets, comments, hints and pages print, run by a shell as it is printed, on a real store. */
import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql, startTestPostgres, type TestPostgres } from "../programs/postgres.ts";

const program = new URL("../../dist/src/main.js", import.meta.url).pathname;
const read = (file: string): string => readFileSync(file, "utf8");
const filesIn = (folder: string, form: RegExp): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => form.test(file))
    .map((file) => join(folder, file));

/** In code of a page: whole, or at the start of a line. */
function ofPage(page: string): readonly string[] {
  const inline = [...page.matchAll(/`(driftwarden [^`]+)`/g)].map(([, command = ""]) => command);
  const lines = [...page.matchAll(/^(driftwarden .+)$/gm)].map(([, command = ""]) => command);
  return [...inline, ...lines];
}

/** In what is said to people: up to the end of the command. Comments of a source are left out. */
function ofSource(source: string): readonly string[] {
  const code = source.replaceAll(/\/\*[\s\S]*?\*\//g, "").replaceAll(/^\s*\/\/.*$/gm, "");
  return [
    ...code.matchAll(
      /driftwarden ((?:\\?`)?[a-z]+(?: (?:--[a-z-]+|[A-Z]+\b|retrain\b|verify\b|accept\b|rows\.csv|your-rows\.csv|check\b))*)/g,
    ),
  ].map(([, words = ""]) => `driftwarden ${words}`);
}

/** On tickets, as they arrive at Jira. */
function ofTickets(): readonly string[] {
  const said: unknown = JSON.parse(read("test/tickets/jira/as-it-arrives.json"));
  const texts: string[] = [];
  JSON.stringify(said, (_key, value: unknown) => {
    if (typeof value === "string") texts.push(value);
    return value;
  });
  return texts.flatMap((text) =>
    [...text.matchAll(/^ *(driftwarden .+)$/gm)].map(([, command = ""]) => command),
  );
}

const names = new Set(
  filesIn("src/cli", /\.ts$/)
    .flatMap((file) => [...read(file).matchAll(/\.command\(["`]([a-z]+)/g)])
    .map(([, name = ""]) => name)
    .concat("marker", "effects", "restored", "help"),
);
/** They go on until they are stopped. */
const daemons = /^driftwarden (run|demo|executor|sandbox)\b/;

const printed = [
  ...[
    "README.md",
    ...filesIn("docs/how-to", /\.md$/),
    ...filesIn("docs/reference", /\.md$/),
  ].flatMap((file) => ofPage(read(file))),
  ...filesIn("src", /\.ts$/).flatMap((file) => ofSource(read(file))),
  ...ofTickets(),
]
  .map((command) => command.trim())
  .filter((command) => names.has(command.split(" ")[1] ?? ""))
  // What a page abbreviates is no command: `audit verify|accept`, `detect …`.
  .filter((command) => !/[…|]/.test(command) || command.includes("'"));
const commands = [...new Set(printed)].filter((command) => !daemons.test(command));

let folder = "";
let postgres: TestPostgres;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "dw-printed-"));
  postgres = await startTestPostgres();
  const source = await postgres.createSource("explainability");
  const store = await postgres.createDatabase("driftwarden");
  const config = `store: {url: "${store.url}"}\nsources: {main: {url: "${source.readonlyUrl}"}}\n`;
  writeFileSync(join(folder, "driftwarden.yaml"), config);
  const fill = `INSERT INTO explainability_metrics SELECT now() - i * interval '10 minutes', f, 0.5
    FROM generate_series(1, 50) i, unnest(array['a', 'b', 'c']) f`;
  await sql(source.url, fill);
  const times = Array.from({ length: 50 }, (_, i) => new Date(i * 600_000 + 1e12).toISOString());
  const lines = times.flatMap((time) =>
    ["a", "b", "c"].map((feature) => `${time},m,${feature},0.5`),
  );
  const rows = `${["timestamp,model,feature,importance", ...lines].join("\n")}\n`;
  for (const name of ["rows.csv", "your-rows.csv", "history.csv"]) {
    writeFileSync(join(folder, name), rows);
  }
  for (const name of ["monday.csv.gz", "tuesday.csv.gz"]) {
    writeFileSync(join(folder, name), gzipSync(rows));
  }
  const segments = times.map((time) => `${time},m,eu,a,0.5`);
  const segmented = ["timestamp,name,segment,name_of_feature,value", ...segments].join("\n");
  writeFileSync(join(folder, "segments.csv"), `${segmented}\n`);
  writeFileSync(join(folder, "predictions.csv.gz"), gzipSync(rows));
  writeFileSync(join(folder, "numbers.csv"), "timestamp,a,b\n2026-01-01T00:00:00Z,1,2\n");
  const shim = join(folder, "driftwarden");
  writeFileSync(shim, `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`);
  chmodSync(shim, 0o755);
});
afterAll(async () => {
  await postgres.stop();
  rmSync(folder, { recursive: true });
});

/** A person puts the name of a file in the place of FILE, and of what a message fills in. */
function typed(command: string): string {
  if (/^driftwarden [a-z]+$/.test(command)) return `${command} --help`;
  // Where a person types it there is no configuration yet; here is one.
  return command
    .replace(/^(driftwarden init (?!.*--out).*)$/, "$1 --out -")
    .replace(/--csv FILE\b/, "--csv numbers.csv")
    .replace(/--config$/, "--config FILE")
    .replace(/--csv$/, "--csv rows.csv")
    .replaceAll(/\bFILE\b/g, "driftwarden.yaml")
    .replace(/--from URL\b/, "--from postgres://readonly@127.0.0.1/explainability")
    .replaceAll(/\bRUN\b/g, "4580c5ca")
    .replaceAll(/\bCOMMAND\b/g, "check");
}

function shell(command: string): Promise<{ readonly code: unknown; readonly err: string }> {
  const env = {
    PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}`,
    DRIFTWARDEN_CONFIG: join(folder, "driftwarden.yaml"),
  };
  return new Promise((resolve) => {
    execFile("/bin/sh", ["-c", typed(command)], { cwd: folder, env }, (error, _out, err) => {
      resolve({ code: error?.code ?? 0, err });
    });
  });
}

describe("a command that is printed (FR-T1)", () => {
  it("is found where it is printed", () => {
    expect(commands).toContain("driftwarden marker churn-v7 retrain --source main");
    expect(commands).toContain("driftwarden restored --forgot-nothing");
    expect(commands).toContain("driftwarden effects --dead");
    expect(commands.length).toBeGreaterThan(15);
  });

  it.concurrent.each(commands)("%s works as it is printed", async (command) => {
    const { code, err } = await shell(command);
    expect([2, 126, 127].includes(Number(code)) ? err : "").toBe("");
    expect(err).not.toContain("DW_CLI_USAGE");
  });
});
