/** The Debian package: where each file goes, what dpkg is told, and dpkg-deb's call. */
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { copyrightFile } from "./copyright.ts";
import { manualPage } from "./man.ts";
import { copyModules } from "./modules.ts";
import type { Project } from "./project.ts";
import { copyTree, linkTo, settle, writeTo } from "./tree.ts";

const scripts = ["postinst", "prerm", "postrm"];
const maintainer = "Driftwarden maintainers <maintainers@driftwarden.invalid>";
const program = "usr/lib/driftwarden/dist/src/main.js";

/** Thirty times faster than xz, and dpkg reads both. */
export const quickCompression: readonly string[] = ["-Zgzip", "-z1"];

/**
 * @param compression options of dpkg-deb
 * @returns the path of the package in `out`, for this machine's architecture
 */
export function buildDeb(
  project: Project,
  out: string,
  compression: readonly string[] = ["-Zxz"],
): string {
  const stage = mkdtempSync(join(tmpdir(), "driftwarden-deb-"));
  try {
    const architecture = execFileSync("dpkg", ["--print-architecture"], {
      encoding: "utf8",
    }).trim();
    const version = debianVersion(project.version);
    layProgram(project, stage);
    laySystem(project, stage);
    layDocuments(project, stage, version);
    layControl(project, stage, { architecture, version });
    settle(stage, project.epoch);
    chmodSync(join(stage, "etc/driftwarden/credentials"), 0o700);
    const deb = join(out, `${project.name}_${version}_${architecture}.deb`);
    execFileSync("dpkg-deb", ["--root-owner-group", ...compression, "--build", stage, deb], {
      // With several threads the compressed blocks differ. So the bytes would depend on the number of processors.
      env: {
        ...process.env,
        SOURCE_DATE_EPOCH: String(project.epoch),
        DPKG_DEB_THREADS_MAX: "1",
      },
      stdio: "pipe",
    });
    return deb;
  } finally {
    rmSync(stage, { recursive: true });
  }
}

/** A pre-release has to sort before its release. The last part numbers the packages of one version. */
function debianVersion(version: string): string {
  return `${version.replace("-", "~")}-1`;
}

function layProgram(project: Project, stage: string): void {
  const home = join(stage, "usr/lib/driftwarden");
  for (const part of ["dist/src", "dist/detectors", "dist/remediations"]) {
    copyTree(join(project.root, part), join(home, part), (file) => !file.endsWith(".map"));
  }
  copyTree(join(project.root, "package.json"), join(home, "package.json"));
  copyModules(project, home);
  // The package depends on Debian's Node. So this Node is used, even if another one is first on the caller's path.
  const main = join(stage, program);
  writeFileSync(main, readFileSync(main, "utf8").replace(/^#!.*/, "#!/usr/bin/node"));
  linkTo("../lib/driftwarden/dist/src/main.js", join(stage, "usr/bin/driftwarden"));
}

function laySystem({ root }: Project, stage: string): void {
  const places = {
    "driftwarden.service": "usr/lib/systemd/system/driftwarden.service",
    "driftwarden-executor.service": "usr/lib/systemd/system/driftwarden-executor.service",
    "driftwarden-executor.socket": "usr/lib/systemd/system/driftwarden-executor.socket",
    "driftwarden.sysusers.conf": "usr/lib/sysusers.d/driftwarden.conf",
    "driftwarden.tmpfiles.conf": "usr/lib/tmpfiles.d/driftwarden.conf",
    "driftwarden.alerts.yaml": "usr/share/driftwarden/driftwarden.alerts.yaml",
    "older-systemd.conf": "usr/share/driftwarden/older-systemd.conf",
    "package/debian/driftwarden.yaml": "etc/driftwarden/driftwarden.yaml",
    "package/debian/executor.yaml": "etc/driftwarden/executor.yaml",
    "package/debian/lintian-overrides": "usr/share/lintian/overrides/driftwarden",
  };
  for (const [from, to] of Object.entries(places)) {
    copyTree(join(root, "systemd", from), join(stage, to));
  }
  mkdirSync(join(stage, "etc/driftwarden/credentials"), { recursive: true });
}

const zipped = (text: string): Buffer => gzipSync(text, { level: 9 });

function layDocuments(project: Project, stage: string, version: string): void {
  const { root, name, epoch } = project;
  const folder = join(stage, "usr/share/doc", name);
  for (const part of ["tutorial.md", "how-to", "runbooks", "reference", "explanation"]) {
    copyTree(join(root, "docs", part), join(folder, part));
  }
  for (const example of ["driftwarden.example.yaml", "executor.example.yaml"]) {
    copyTree(join(root, "systemd", example), join(folder, "examples", example));
  }
  writeTo(join(folder, "copyright"), copyrightFile(project));
  const changes = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  writeTo(join(folder, "changelog.gz"), zipped(changes));
  const date = new Date(epoch * 1000).toUTCString().replace("GMT", "+0000");
  const packaged = `${name} (${version}) unstable; urgency=medium\n\n  * What changed: changelog.gz beside this file.\n\n -- ${maintainer}  ${date}\n`;
  writeTo(join(folder, "changelog.Debian.gz"), zipped(packaged));
  writeTo(join(stage, "usr/share/man/man1/driftwarden.1.gz"), zipped(manualPage(project)));
}

interface Built {
  readonly architecture: string;
  readonly version: string;
}

function layControl(project: Project, stage: string, { architecture, version }: Built): void {
  const { root, name } = project;
  const control = join(stage, "DEBIAN");
  const template = readFileSync(join(root, "systemd/package/debian/control"), "utf8");
  const filled = {
    name,
    version,
    architecture,
    maintainer,
    size: String(kibibytesIn(stage)),
  };
  const text = Object.entries(filled).reduce(
    (made, [key, value]) => made.replace(`{${key}}`, value),
    template,
  );
  writeTo(join(control, "control"), text);
  const kept = readdirSync(join(stage, "etc/driftwarden"), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `/etc/driftwarden/${entry.name}\n`);
  writeTo(join(control, "conffiles"), kept.toSorted().join(""));
  for (const script of scripts) {
    copyTree(join(root, "systemd/package/debian", script), join(control, script));
  }
}

/** Counts files only, because the size of a folder depends on the file system. */
function kibibytesIn(folder: string): number {
  const sizes = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => Math.ceil(statSync(join(parentPath, name)).size / 1024));
  return sizes.reduce((sum, size) => sum + size, 0);
}
