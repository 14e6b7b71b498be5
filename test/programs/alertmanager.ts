/** A real Alertmanager for tests: one on the path, or Debian's package, unpacked into the user's cache and not installed. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, constants, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../../src/errors.ts";
import { freePort } from "../../src/sandbox/free-port.ts";
import { publish } from "../../src/sandbox/kafka-files.ts";
import { leaveOut } from "./ci.ts";
import { until } from "./eventually.ts";

const run = promisify(execFile);
const name = "prometheus-alertmanager";

export interface TestAlertmanager {
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether this machine can have one; what is missing is said in one line, and on CI it is an error. */
export async function alertmanagerTestable(): Promise<boolean> {
  if ((await installed()) !== undefined || (await canFetch())) return true;
  return leaveOut(
    `tests on a real Alertmanager. They need one on the path, or root on Debian or Ubuntu: apt-get install ${name}`,
  );
}

/** Fetches it where it is missing, which is said on standard error. @returns how it is called */
export async function fetchAlertmanager(): Promise<readonly string[]> {
  const there = await installed();
  if (there !== undefined) return [there];
  if (!(await isProgram(unpacked()))) await fetchPackage();
  // Its templates have a fixed place, which only this process sees so.
  const see = 'mount --bind "$0/usr/share" /usr/share && exec "$@"';
  return ["unshare", "--mount", "sh", "-c", see, cached(), unpacked()];
}

async function fetchPackage(): Promise<void> {
  process.stderr.write(`fetching ${name} with apt-get, once\n`);
  await mkdir(cacheRoot(), { recursive: true });
  const draft = await mkdtemp(join(cacheRoot(), "alertmanager-draft-"));
  try {
    await download(draft);
    const [file] = (await readdir(draft)).filter((each) => each.endsWith(".deb"));
    if (file === undefined) throw new Error("apt-get brought no package");
    await run("dpkg-deb", ["--extract", join(draft, file), join(draft, "unpacked")]);
    await publish(join(draft, "unpacked"), cached());
  } catch (error) {
    const says = `${name} could not be fetched: ${messageOf(error)}`;
    throw new Error(`${says}. Install it: apt-get install ${name}`, { cause: error });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

const tellsNobody = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n";

/** Starts one on 127.0.0.1. Without a configuration it tells nobody. */
export async function startAlertmanager(configuration = tellsNobody): Promise<TestAlertmanager> {
  const [program = name, ...before] = await fetchAlertmanager();
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-alertmanager-"));
  const config = join(folder, "alertmanager.yml");
  await writeFile(config, configuration);
  const url = `http://127.0.0.1:${await freePort()}`;
  const options = [
    `--config.file=${config}`,
    `--storage.path=${join(folder, "data")}`,
    `--web.listen-address=${new URL(url).host}`,
    // Alone: it looks for no others, and needs no address of its own.
    "--cluster.listen-address=",
  ];
  const child = spawn(program, [...before, ...options], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr
    .setEncoding("utf8")
    .on("data", (text: string) => (said = (said + text).slice(-4000)));
  const ended = once(child, "exit");
  await until(async () => child.exitCode !== null || (await isReady(url)));
  if (child.exitCode !== null) throw new Error(`the Alertmanager ended at once: ${said}`);
  return {
    url,
    stop: async () => {
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/-/ready`).then(
    ({ ok }) => ok,
    () => false,
  );

/** Lists of packages may be old or missing, and only root may renew them. */
async function download(folder: string): Promise<void> {
  const chosen = ["-q", "-o", "APT::Sandbox::User=root", "download", name];
  const get = (): Promise<unknown> => run("apt-get", chosen, { cwd: folder });
  await get().catch(async () => {
    await run("apt-get", ["-q", "-o", "DPkg::Lock::Timeout=120", "update"]);
    await get();
  });
}

const cacheRoot = (): string =>
  join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "driftwarden");
const cached = (): string => join(cacheRoot(), "alertmanager");

const unpacked = (): string => join(cached(), "usr/bin", name);

const installed = async (): Promise<string | undefined> =>
  (await onPath(name)) ?? (await onPath("alertmanager"));

/** As root, which the mount needs. */
async function canFetch(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  const needed = await Promise.all(["apt-get", "dpkg-deb", "unshare"].map(onPath));
  return needed.every((path) => path !== undefined);
}

async function onPath(program: string): Promise<string | undefined> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, program);
    if (await isProgram(path)) return path;
  }
  return undefined;
}

const isProgram = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
