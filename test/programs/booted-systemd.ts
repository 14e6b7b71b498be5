/**
 * A Debian of its own, booted by a real systemd in namespaces of this machine: start it in `beforeAll`, power it off in
 * `afterAll`. It has its own processes, network, mounts, host name and cgroup. The kernel is this machine's.
 *
 *     cached root (read only) ─┐
 *     a temporary folder ──────┴─ overlay ──► its root
 *     sockets of this machine ─── bound ────► below /run/host and where `sockets` says
 *
 * However this process ends, the machine ends too. Then its cgroup and its folder are removed.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { startGuard } from "../../src/sandbox/guard.ts";
import { fetchDebian, type Suite } from "./debian.ts";
import { waitUntil } from "./wait-until.ts";

export interface BootOptions {
  readonly suite?: Suite;
  /** Sockets of this machine, by the path at which the booted one has them. The path must lie in /run. */
  readonly sockets?: Readonly<Record<string, string>>;
  /** Writes files into its root before it boots. */
  readonly prepare?: (root: string) => Promise<void>;
}

/** How a command in it has ended. */
export interface Ended {
  readonly code: number;
  /** Standard output and standard error, each as it came. */
  readonly out: string;
  readonly err: string;
}

export interface BootedSystemd {
  /** Its root as this machine sees it. */
  readonly root: string;
  /** Runs a script as root in it. */
  try(script: string): Promise<Ended>;
  /** Runs a script as root in it. @returns its standard output @throws Error with what it said, unless it ends with 0 */
  sh(script: string): Promise<string>;
  powerOff(): Promise<void>;
}

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin";
/** Ends what hangs; nothing is judged by how long it took. */
const patienceMs = 240_000;

/** Boots one, and waits until systemd has started everything. */
export async function bootSystemd(options: BootOptions = {}): Promise<BootedSystemd> {
  const lower = await fetchDebian(options.suite);
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-booted-"));
  for (const name of ["upper", "work", "root"]) await mkdir(join(folder, name), { mode: 0o755 });
  await options.prepare?.(join(folder, "upper"));
  const cgroup = join(await unifiedCgroup(), basename(folder));
  await mkdir(cgroup);
  const child = spawn("sh", ["-ec", start, cgroup, script(options.sockets), lower, folder], {
    stdio: ["ignore", "inherit", "inherit"],
    // A terminal's Ctrl-C must not reach it before us.
    detached: true,
    cwd: "/",
  });
  await once(child, "spawn");
  const guard = startGuard(cleanUp, [String(child.pid), cgroup, folder]);
  const machine = new Machine(child, guard);
  try {
    await machine.booted();
  } catch (error) {
    await machine.destroy();
    throw error;
  }
  return machine;
}

/** $0 is the cgroup, $1 the script of pid 1, $2 and $3 its arguments. */
const start = `echo $$ > "$0/cgroup.procs"
exec unshare --mount --pid --fork --kill-child --cgroup --uts --ipc --net --propagation private sh -ec "$1" "$2" "$3"`;

/** What becomes pid 1. $0 is the folder with Debian's files, $1 the machine's own folder. */
function script(sockets: Readonly<Record<string, string>> = {}): string {
  const bound = Object.entries(sockets).flatMap(([inside, outside]) => [
    `mkdir -p "$R$(dirname '${inside}')"; touch "$R${inside}"`,
    `mount --bind '${outside}' "$R${inside}"`,
  ]);
  return `R="$1/root"
mount -t overlay overlay -o "lowerdir=$0,upperdir=$1/upper,workdir=$1/work" "$R"
mount -t proc proc "$R/proc"; mount -t sysfs -o ro sysfs "$R/sys"; mount -t cgroup2 cgroup2 "$R/sys/fs/cgroup"
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs "$R/run"; mount -t tmpfs tmpfs "$R/tmp"
mount -t tmpfs -o mode=755 tmpfs "$R/dev"
for d in null zero full random urandom tty; do touch "$R/dev/$d"; mount --bind "/dev/$d" "$R/dev/$d"; done
mkdir "$R/dev/pts" "$R/dev/shm"; mount -t devpts -o newinstance,ptmxmode=0666 devpts "$R/dev/pts"
ln -s pts/ptmx "$R/dev/ptmx"; mount -t tmpfs tmpfs "$R/dev/shm"; ln -s /proc/self/fd "$R/dev/fd"
${bound.join("\n")}
hostname booted; cd "$R"; pivot_root . .; umount -l .; mount --make-rshared /
exec env -i PATH=${path} container=driftwarden /sbin/init >/dev/null 2>&1`;
}

/** Ends everything in it at once, since its pid 1 dies with unshare. */
const cleanUp =
  'kill -KILL "$0"; gone "$0"; for i in 1 2 3 4 5 6 7 8 9; do find "$1" -depth -type d -exec rmdir {} + && break; sleep 0.1; done; rm -rf -- "$2"';

class Machine implements BootedSystemd {
  readonly #child: ChildProcess;
  readonly #guard: ChildProcess | undefined;
  #init = 0;

  constructor(child: ChildProcess, guard: ChildProcess | undefined) {
    this.#child = child;
    this.#guard = guard;
  }

  get root(): string {
    return `/proc/${this.#init}/root`;
  }

  async booted(): Promise<void> {
    const { pid = 0 } = this.#child;
    const state = async (): Promise<string> => {
      this.#ensureRuns();
      const children = await textOf(`/proc/${pid}/task/${pid}/children`);
      this.#init = Number(children.trim().split(" ")[0]);
      if ((await textOf(`/proc/${this.#init}/comm`)).trim() !== "systemd") return "";
      return (await this.try("systemctl is-system-running")).out.trim();
    };
    let last = "";
    const isUp = async (): Promise<boolean> =>
      ["running", "degraded"].includes((last = await state()));
    await waitUntil(isUp, { what: "systemd", withinMs: patienceMs });
    if (last === "running") return;
    throw new Error(`not all units have started: ${await this.sh("systemctl --failed")}`);
  }

  #ensureRuns(): void {
    const { exitCode, signalCode } = this.#child;
    if (exitCode === null && signalCode === null) return;
    throw new Error(`systemd ended while it booted, with ${exitCode ?? signalCode}`);
  }

  try(text: string): Promise<Ended> {
    const namespaces = ["-m", "-p", "-u", "-i", "-n", "-C", "-r", "-w"];
    const env = ["env", "-i", `PATH=${path}`, "HOME=/root", "LC_ALL=C.UTF-8"];
    const command = ["-t", String(this.#init), ...namespaces, ...env, "bash", "-c", text];
    return new Promise((resolve) => {
      const options = { maxBuffer: 64 * 1024 * 1024 };
      execFile("nsenter", command, options, (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === "number" ? error.code : 255;
        resolve({ code, out, err });
      });
    });
  }

  async sh(text: string): Promise<string> {
    const { code, out, err } = await this.try(text);
    if (code !== 0)
      throw new Error(`${text}\nended with ${code}: ${out.slice(-4000)}${err.slice(-4000)}`);
    return out;
  }

  async powerOff(): Promise<void> {
    const gone = once(this.#child, "exit");
    this.#ensureRuns();
    // SIGRTMIN+4, as `systemctl poweroff` has it.
    await new Promise((resolve) =>
      execFile("kill", ["-s", "RTMIN+4", String(this.#init)], resolve),
    );
    await gone;
    await this.destroy();
  }

  async destroy(): Promise<void> {
    const guard = this.#guard;
    if (guard === undefined) return;
    const gone = once(guard, "exit");
    guard.ref();
    guard.stdin?.end();
    await gone;
  }
}

const textOf = (file: string): Promise<string> => readFile(file, "utf8").catch(() => "");

/** Where this machine has its cgroups of version 2. */
async function unifiedCgroup(): Promise<string> {
  for (const line of (await readFile("/proc/self/mountinfo", "utf8")).split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    if (after.startsWith("cgroup2 ")) return before.split(" ")[4] ?? "";
  }
  throw new Error("this machine has no cgroups of version 2, which a booted systemd needs");
}
