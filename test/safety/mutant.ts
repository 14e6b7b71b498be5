/** The safety program on a copy of the product with one thing changed, to see that it notices. */
import { spawn } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One text in one file of `src/`, and what stands there instead. */
export interface Change {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface SafetyRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const root = new URL("../..", import.meta.url).pathname;
const copied = [
  "src",
  "remediations",
  "detectors",
  "test/safety",
  "test/fakes",
  "test/chaos/random.ts",
  "package.json",
  "tsconfig.json",
];

/** @throws Error when the product has no such text any more */
export async function safetyOf(
  changes: readonly Change[],
  args: readonly string[],
): Promise<SafetyRun> {
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-safety-"));
  try {
    for (const name of copied) await cp(join(root, name), join(folder, name), { recursive: true });
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    for (const { file, from, to } of changes) {
      const path = join(folder, "src", file);
      const text = await readFile(path, "utf8");
      if (!text.includes(from)) throw new Error(`${file} does not say: ${from}`);
      await writeFile(path, text.replaceAll(from, to));
    }
    return await run(folder, args);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function run(cwd: string, args: readonly string[]): Promise<SafetyRun> {
  const options = ["--import", "tsx", "test/safety/run.ts", ...args];
  const child = spawn(process.execPath, options, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => void (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => void (stderr += text));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
}
