/** The program of an earlier commit, built from the history of this checkout. */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { leaveOut } from "./ci.ts";

const root = new URL("../../", import.meta.url).pathname;
const run = promisify(execFile);
const sources = ["src", "detectors", "remediations", "package.json", "tsconfig.json"];

export interface OlderProgram {
  /** Path of its main.js. */
  readonly program: string;
  remove(): Promise<void>;
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
    `tests of the program of ${commit}. They need the whole history: git fetch --unshallow`,
  );
}

/** Builds it, a few seconds, with the libraries of this checkout. */
export async function buildOlder(commit: string): Promise<OlderProgram> {
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-older-"));
  const archive = join(folder, "sources.tar");
  await run("git", ["archive", "--output", archive, commit, ...sources], { cwd: root });
  const built = join(folder, "built");
  await mkdir(built);
  await run("tar", ["--extract", "--file", archive], { cwd: built });
  await symlink(join(root, "node_modules"), join(built, "node_modules"));
  const compiler = join(root, "node_modules/.bin/tsc");
  await run(compiler, ["--project", "src/tsconfig.build.json"], { cwd: built });
  return {
    program: join(built, "dist/src/main.js"),
    remove: () => rm(folder, { recursive: true }),
  };
}
