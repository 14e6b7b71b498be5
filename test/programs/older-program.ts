/** Programs of earlier commits, built from the history of this checkout and kept in the user's cache. */
import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rm, symlink } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { exists, publish } from "../../src/sandbox/kafka-files.ts";
import { leaveOut } from "./ci.ts";

const root = new URL("../../", import.meta.url).pathname;
const run = promisify(execFile);
const mostBytes = 64 * 1024 * 1024;

export interface OlderProgram {
  /** The files of the commit without its tests, with `node_modules` and `dist`. Several tests share it: do not write there. */
  readonly folder: string;
  /** Path of its main.js. */
  readonly program: string;
}

/**
 * Whether the commit is in this clone. A shallow clone without it says so in one line and leaves the tests out; on CI
 * that is an error.
 */
export async function inHistory(commit: string): Promise<boolean> {
  const found = await run("git", ["cat-file", "-e", `${commit}^{commit}`], { cwd: root }).then(
    () => true,
    () => false,
  );
  if (found) return true;
  return leaveOut(
    `tests of the program of ${commit}, which is not in this clone. They need the whole history: git fetch --unshallow`,
  );
}

/**
 * Builds it with its own compiler and libraries: those of this checkout when package-lock.json is the same, otherwise
 * `npm ci` fetches them. The first build takes a few seconds, with `npm ci` a minute. Several processes may build at once.
 */
export async function buildOlder(commit: string): Promise<OlderProgram> {
  const { stdout } = await run("git", ["rev-parse", `${commit}^{commit}`], { cwd: root });
  const id = stdout.trim();
  const same = (await lockOf(id)) === (await readFile(join(root, "package-lock.json"), "utf8"));
  // A linked folder belongs to this checkout, because the link ends when the checkout is removed.
  const name = same ? `${id}-${createHash("sha256").update(root).digest("hex").slice(0, 8)}` : id;
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "driftwarden");
  const folder = join(cache, "programs", name);
  if (!(await exists(folder))) await build(id, { folder, linked: same });
  return { folder, program: join(folder, "dist/src/main.js") };
}

async function lockOf(commit: string): Promise<string> {
  const shown = ["show", `${commit}:package-lock.json`];
  return (await run("git", shown, { cwd: root, maxBuffer: mostBytes })).stdout;
}

async function build(
  commit: string,
  { folder, linked }: { readonly folder: string; readonly linked: boolean },
): Promise<void> {
  const draft = `${folder}.${randomUUID()}`;
  await mkdir(draft, { recursive: true });
  try {
    const archive = join(draft, "sources.tar");
    const files = [".", ":(exclude)test"];
    await run("git", ["archive", "--output", archive, commit, "--", ...files], { cwd: root });
    await run("tar", ["--extract", "--file", archive], { cwd: draft });
    await rm(archive);
    if (linked) await symlink(join(root, "node_modules"), join(draft, "node_modules"));
    else await run("npm", ["ci", "--no-audit", "--no-fund"], { cwd: draft, maxBuffer: mostBytes });
    const compiler = join(draft, "node_modules/.bin/tsc");
    await run(compiler, ["--project", "src/tsconfig.build.json"], { cwd: draft });
    await publish(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
