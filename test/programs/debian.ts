/** The files of a bare Debian with systemd and Node: made with mmdebstrap once, and kept in the user's cache. */
import { execFile } from "node:child_process";
import { access, chmod, constants, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../../src/errors.ts";
import { exists, publish } from "../../src/sandbox/kafka-files.ts";
import { leaveOut } from "./ci.ts";

const run = promisify(execFile);
const needed = ["mmdebstrap", "debian-archive-keyring"];
const mirror = "http://deb.debian.org/debian";

/** Debian 13 has systemd 257 and Node 20.19. Debian 12 has systemd 252, and no Node that is new enough. */
export type Suite = "trixie" | "bookworm";

const packages: Readonly<Record<Suite, readonly string[]>> = {
  trixie: ["systemd-sysv", "libnss-systemd", "nodejs", "curl"],
  bookworm: ["systemd-sysv", "libnss-systemd", "perl-base"],
};

/** Whether this machine can boot one: as root, with apt-get. What is missing is said in one line; on CI it is an error. */
export async function debianTestable(): Promise<boolean> {
  const isRoot = process.getuid?.() === 0;
  const programs = await Promise.all(["apt-get", "unshare", "nsenter"].map(isOnPath));
  if (isRoot && programs.every(Boolean)) return true;
  return leaveOut("tests in a booted systemd. They need root on Debian or Ubuntu: sudo npm test");
}

/** Fetches it unless it is here, which is said on standard error. @returns its folder, which nobody may change */
export async function fetchDebian(suite: Suite = "trixie"): Promise<string> {
  const place = join(cacheRoot(), `debian-${suite}`);
  if (await exists(place)) return place;
  await installNeeded();
  process.stderr.write(`fetching Debian ${suite} with mmdebstrap, once\n`);
  await mkdir(cacheRoot(), { recursive: true });
  const draft = await mkdtemp(join(cacheRoot(), `debian-${suite}-draft-`));
  try {
    await chmod(draft, 0o755);
    const include = `--include=${packages[suite].join(",")}`;
    const plain = ["-q", "--mode=root", "--variant=minbase", include];
    await run("mmdebstrap", [...plain, suite, draft, mirror]);
    // Nobody may load modules into the kernel that it shares.
    await run("ln", [
      "-s",
      "/dev/null",
      `${draft}/etc/systemd/system/systemd-modules-load.service`,
    ]);
    await writeFile(join(draft, "etc/hostname"), "booted\n");
    await writeFile(join(draft, "etc/machine-id"), "");
    await publish(draft, place);
  } catch (error) {
    throw new Error(`making Debian ${suite} with mmdebstrap: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return place;
}

async function installNeeded(): Promise<void> {
  if (await isOnPath("mmdebstrap")) return;
  const wait = ["-q", "-o", "DPkg::Lock::Timeout=120"];
  const install = ["install", "-y", "--no-install-recommends", ...needed];
  // Lists of packages may be old or missing.
  await run("apt-get", [...wait, ...install]).catch(async () => {
    await run("apt-get", [...wait, "update"]);
    await run("apt-get", [...wait, ...install]);
  });
}

const cacheRoot = (): string =>
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "driftwarden");

async function isOnPath(program: string): Promise<boolean> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, program);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return true;
  }
  return false;
}
