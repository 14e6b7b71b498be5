/**
 * `npm run firstrun -- [--json]`: types the shell blocks of the README's demo and of the tutorial in a clean clone, on a
 * database of its own. `ok`: every command succeeded, and the replay found the planted fault. Exit 1 otherwise.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startTestPostgres } from "../programs/postgres.ts";
import { shellBlocks, withValues } from "./blocks.ts";
import { fixtureDatabases, planted } from "./fixture.ts";

/** The target of the whole: a person gives up later than that. */
const mostSeconds = 120;

const { json } = parseArgs({ options: { json: { type: "boolean", default: false } } }).values;
const root = new URL("../..", import.meta.url).pathname;
const read = (page: string): string => readFileSync(join(root, page), "utf8");

const typed = [
  ...shellBlocks(read("README.md")).filter(({ heading }) => heading === "See it work"),
  ...shellBlocks(read("docs/tutorial.md")),
].map(({ script }) => script);

const folder = mkdtempSync(join(tmpdir(), "dw-firstrun-"));
const postgres = await startTestPostgres();
try {
  const { sourceUrl, storeUrl } = await fixtureDatabases(postgres);
  const values = { SOURCE_URL: sourceUrl, STORE_URL: storeUrl };
  const startedMs = performance.now();
  const { code, output } = await run([
    `git clone --quiet '${root}' driftwarden && cd driftwarden`,
    ...typed.map((script) => withValues(script, values)),
  ]);
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  const episodes = Number(/^(\d+) episodes? in /m.exec(output)?.[1] ?? Number.NaN);
  const found = new RegExp(`${planted.model}: .*${planted.feature} fell`).test(output);
  if (!found) process.stderr.write(`The fault of ${planted.model} was not found.\n`);
  if (seconds > mostSeconds) process.stderr.write(`It took longer than ${mostSeconds} s.\n`);
  const ok = code === 0 && found && seconds <= mostSeconds;
  process.stdout.write(`${JSON.stringify({ seconds, episodes, ok })}\n`);
  process.exitCode = ok ? 0 : 1;
} finally {
  await postgres.stop();
  rmSync(folder, { recursive: true });
}

/** One shell, as a person has one terminal. Stops at the first command that fails. */
function run(
  scripts: readonly string[],
): Promise<{ readonly code: unknown; readonly output: string }> {
  const file = join(folder, "typed.sh");
  writeFileSync(file, `set -euo pipefail\n${scripts.join("\n")}\n`);
  const prefix = join(folder, "npm");
  const env = {
    ...process.env,
    npm_config_prefix: prefix,
    PATH: `${prefix}/bin:${process.env["PATH"] ?? ""}`,
  };
  const shell = spawn("bash", ["-v", file], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  shell.stdout.on("data", (bytes: Buffer) => {
    output += bytes.toString();
    if (!json) process.stderr.write(bytes);
  });
  shell.stderr.on("data", (bytes: Buffer) => void process.stderr.write(bytes));
  return new Promise((resolve) => void shell.once("close", (code) => resolve({ code, output })));
}
