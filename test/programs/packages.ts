/** The packages of the project, made from a copy of its sources, as somebody else would make them elsewhere. */
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { leaveOut } from "./ci.ts";
import { isNight } from "./nightly.ts";

const run = promisify(execFile);
const root = new URL("../../", import.meta.url).pathname;

const kinds = z.object({ deb: z.string(), npm: z.string(), sbom: z.string() });
const summary = kinds.extend({ sha256: kinds });

export interface Packed {
  /** The copy of the project. */
  readonly folder: string;
  readonly stdout: string;
  /** The last line, read. */
  readonly made: z.infer<typeof summary>;
  remove(): Promise<void>;
}

export interface PackOptions {
  readonly umask: string;
  readonly env: NodeJS.ProcessEnv;
}

/**
 * Copies what git knows of the project, and runs `npm run package -- --json` there. Only the night compresses as for a
 * release: the bytes that are compressed are the same.
 */
export async function packElsewhere({ umask, env }: PackOptions): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-packing-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true });
  try {
    await copySources(folder);
    const quick = isNight ? "" : " --quick";
    const script = `umask ${umask}; exec npm run --silent package -- --json${quick}`;
    const { stdout } = await run("sh", ["-c", script], {
      cwd: folder,
      env: { ...process.env, ...env },
    });
    const last = stdout.trimEnd().split("\n").at(-1) ?? "";
    return { folder, stdout, made: summary.parse(JSON.parse(last)), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function copySources(folder: string): Promise<void> {
  const listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const { stdout } = await run("git", ["-C", root, ...listing], { maxBuffer: 64 * 1024 * 1024 });
  for (const path of stdout.split("\0").filter((name) => name !== "")) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    // A file that was deleted, and is not committed as such, is listed still.
    await cp(join(root, path), join(folder, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  }
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
}

/** Whether lintian is there, after installing it where root may. */
export async function lintianTestable(): Promise<boolean> {
  if (await answers("lintian", ["--version"])) return true;
  if (process.getuid?.() === 0) {
    const args = ["install", "-y", "-q", "--no-install-recommends", "lintian"];
    await run("apt-get", ["-o", "DPkg::Lock::Timeout=120", ...args]).catch(() => undefined);
    if (await answers("lintian", ["--version"])) return true;
  }
  return leaveOut(
    "lintian on the Debian package. It needs root on Debian or Ubuntu: apt-get install lintian",
  );
}

async function answers(program: string, args: readonly string[]): Promise<boolean> {
  return run(program, args).then(
    () => true,
    () => false,
  );
}
