/** Debian packages of the built program and of the version before, made by the project's own packaging. */
import { execFile } from "node:child_process";
import { chmod, cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { buildDeb, quickCompression } from "../../systemd/package/deb.ts";
import { copyModules } from "../../systemd/package/modules.ts";
import { readProject } from "../../systemd/package/project.ts";
import { buildVersionBefore } from "./version-before.ts";

const run = promisify(execFile);
const root = new URL("../../", import.meta.url).pathname;

export interface DebianPackage {
  readonly path: string;
  /** Its file name. */
  readonly name: string;
  remove(): Promise<void>;
}

/** Of what `npm run build` has built last. */
export async function packDebian(): Promise<DebianPackage> {
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-deb-"));
  const path = buildDeb(
    readProject(root, process.env["SOURCE_DATE_EPOCH"]),
    folder,
    quickCompression,
  );
  return { path, name: basename(path), remove: () => rm(folder, { recursive: true }) };
}

/** The program, its libraries and its units of the version before, in the package of today. */
export async function packDebianBefore(today: DebianPackage): Promise<DebianPackage> {
  const before = await buildVersionBefore();
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-deb-"));
  const stage = join(folder, "stage");
  await run("dpkg-deb", ["--raw-extract", today.path, stage]);
  const home = join(stage, "usr/lib/driftwarden");
  for (const part of ["dist", "node_modules"]) await rm(join(home, part), { recursive: true });
  await cp(join(before.folder, "dist"), join(home, "dist"), { recursive: true });
  copyModules(readProject(before.folder, "0"), home);
  const main = join(home, "dist/src/main.js");
  await change(main, /^#!.*/, "#!/usr/bin/node");
  await chmod(main, 0o755);
  for (const unit of ["driftwarden.service", "driftwarden-executor.service"])
    await cp(join(before.folder, "systemd", unit), join(stage, "usr/lib/systemd/system", unit));
  // Lower than any other: the program may have had the same version.
  await change(join(stage, "DEBIAN/control"), /^Version: .*$/m, "Version: 0.0.1-1");
  const name = "driftwarden_before.deb";
  const path = join(folder, name);
  await run("dpkg-deb", ["--root-owner-group", ...quickCompression, "--build", stage, path]);
  return { path, name, remove: () => rm(folder, { recursive: true }) };
}

async function change(file: string, from: RegExp, to: string): Promise<void> {
  await writeFile(file, (await readFile(file, "utf8")).replace(from, to));
}
