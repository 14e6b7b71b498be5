/** Finds, and can install, the programs that a Docker engine of our own needs. */
import { spawn } from "node:child_process";
import { access, constants, open } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { SandboxDockerError } from "./docker-errors.ts";

const packages = ["docker.io", "iptables", "busybox-static"];
const hint = `Become root on a Debian or Ubuntu machine and run: apt-get install ${packages.join(" ")}`;

export interface DockerPrograms {
  readonly dockerd: string;
  readonly busybox: string;
}

export interface DockerProgramOptions {
  /** Whether missing packages may be installed (root only). Default false. */
  readonly install?: boolean;
  /** Called with a line that says what is being installed. Default: writes to stderr. */
  readonly say?: (line: string) => void;
}

/** Whether an engine could be started here: root, with the programs there or apt to install them. */
export async function dockerAvailable(options: DockerProgramOptions = {}): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  return (
    (await found()) !== undefined ||
    (options.install === true && (await which("apt-get")) !== undefined)
  );
}

/**
 * Where the programs are, after installing them if that was allowed.
 *
 * @throws SandboxDockerError `DW_SANDBOX_DOCKER_MISSING`: not root, or they cannot be installed
 */
export async function dockerPrograms(options: DockerProgramOptions = {}): Promise<DockerPrograms> {
  if (process.getuid?.() !== 0) throw missing("starting a Docker engine needs root");
  const there = await found();
  if (there !== undefined) return there;
  if (options.install !== true) throw missing("dockerd, iptables or busybox is not installed");
  const say = options.say ?? ((line) => process.stderr.write(`${line}\n`));
  say(`installing ${packages.join(", ")} with apt-get, once`);
  await install();
  const installed = await found();
  if (installed === undefined) throw missing(`installing ${packages.join(", ")} did not help`);
  return installed;
}

function missing(message: string, cause?: unknown): SandboxDockerError {
  return new SandboxDockerError("DW_SANDBOX_DOCKER_MISSING", message, { hint, cause });
}

async function found(): Promise<DockerPrograms | undefined> {
  const [dockerd, busybox, iptables] = await Promise.all(
    ["dockerd", "busybox", "iptables"].map(which),
  );
  if (!dockerd || !busybox || !iptables) return undefined;
  return (await isStatic(busybox)) ? { dockerd, busybox } : undefined;
}

/**
 * Whether a program is linked statically, since the image has no libraries. Others name their loader in the first
 * bytes.
 */
async function isStatic(program: string): Promise<boolean> {
  const file = await open(program);
  try {
    const { buffer } = await file.read(Buffer.alloc(4096), 0, 4096, 0);
    return !/\/ld-(linux|musl)/.test(buffer.toString("latin1"));
  } finally {
    await file.close();
  }
}

async function which(program: string): Promise<string | undefined> {
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/sbin", "/bin"];
  for (const folder of folders) {
    const path = join(folder, program);
    const runs = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return path;
  }
  return undefined;
}

async function install(): Promise<void> {
  const wait = ["-q", "-o", "DPkg::Lock::Timeout=120"];
  const chosen = ["install", "-y", "--no-install-recommends", ...packages];
  try {
    // The package lists are updated only if installing fails with those that are there.
    await aptGet([...wait, ...chosen]).catch(async () => {
      await aptGet([...wait, "update"]);
      await aptGet([...wait, ...chosen]);
    });
  } catch (error) {
    throw missing("apt-get could not install what a Docker engine needs", error);
  }
}

function aptGet(args: readonly string[]): Promise<void> {
  // Our standard output is for the caller's data, so that of apt-get is dropped.
  const child = spawn("apt-get", args, {
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let output = "";
  child.stderr
    .setEncoding("utf8")
    .on("data", (text: string) => (output = (output + text).slice(-2000)));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`apt-get ${args.join(" ")} ended with ${code}: ${output.trim()}`));
    });
  });
}
