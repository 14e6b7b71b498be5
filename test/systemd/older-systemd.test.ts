/** What the Debian package's scripts do with the drop-in for a systemd older than 253, in a root of their own. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const scripts = new URL("../../systemd/package/debian/", import.meta.url).pathname;
const units = ["driftwarden.service", "driftwarden-executor.service"];
let root: string;

const folderOf = (unit: string): string => join(root, "etc/systemd/system", `${unit}.d`);
const dropIn = (unit: string): string => join(folderOf(unit), "older-systemd.conf");

/** Runs a script as dpkg does, with this version of systemd. */
function dpkgRuns(script: "postinst" | "postrm", argument: string, version: number): void {
  for (const [name, text] of [
    ["systemctl", `[ "$1" != --version ] || echo "systemd ${version} (${version}.1-1)"`],
    ["systemd-sysusers", ":"],
  ])
    writeFileSync(join(root, "bin", name ?? ""), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  const env = { DPKG_ROOT: root, PATH: `${root}/bin:/usr/bin:/bin` };
  const { status, stderr } = spawnSync("sh", [join(scripts, script), argument], { env });
  expect([status, stderr.toString()]).toEqual([0, ""]);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "driftwarden-older-"));
  mkdirSync(join(root, "bin"));
});
afterEach(() => rmSync(root, { recursive: true }));

describe("the drop-in for a systemd older than 253", () => {
  it.each(units)("is linked for %s where systemd is 252", (unit) => {
    dpkgRuns("postinst", "configure", 252);
    dpkgRuns("postinst", "configure", 252);
    expect(readlinkSync(dropIn(unit))).toBe("/usr/share/driftwarden/older-systemd.conf");
  });

  it.each(units)(
    "is not there for %s where systemd is 253 or newer, also after its upgrade",
    (unit) => {
      dpkgRuns("postinst", "configure", 253);
      expect(existsSync(folderOf(unit))).toBe(false);
      dpkgRuns("postinst", "configure", 252);
      dpkgRuns("postinst", "configure", 257);
      expect(existsSync(folderOf(unit))).toBe(false);
    },
  );

  it.each(units)("goes with the package, and leaves what the administrator of %s wrote", (unit) => {
    dpkgRuns("postinst", "configure", 252);
    writeFileSync(join(folderOf(unit), "own.conf"), "");
    dpkgRuns("postrm", "remove", 252);
    expect(existsSync(join(folderOf(unit), "own.conf"))).toBe(true);
    expect(() => readlinkSync(dropIn(unit))).toThrow("ENOENT");
  });

  it("that the administrator has written stays as it is", () => {
    for (const unit of units) {
      mkdirSync(folderOf(unit), { recursive: true });
      writeFileSync(dropIn(unit), "[Service]\n");
    }
    dpkgRuns("postinst", "configure", 252);
    dpkgRuns("postrm", "remove", 252);
    expect(units.map((unit) => existsSync(dropIn(unit)))).toEqual([true, true]);
  });
});
