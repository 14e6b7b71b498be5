/**
 * The recipe of the image, built by a real engine and run as its page says. The engine has no registry, so the base image
 * is made of this machine's own Node and dpkg-deb.
 */
import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DockerEngine } from "../../src/sandbox/dockerd.ts";
import { leaveOut } from "../programs/ci.ts";
import { packDebian } from "../programs/debian-package.ts";
import { dockerTestable, startTestDocker } from "../programs/docker.ts";
import { eventually } from "../programs/eventually.ts";
import { startTestPostgres, type TestPostgres } from "../programs/postgres.ts";

const run = promisify(execFile);
const root = new URL("../../", import.meta.url).pathname;
const recipe = "systemd/package/Containerfile";

async function testable(): Promise<boolean> {
  if (!(await dockerTestable())) return false;
  return run("docker", ["--version"]).then(
    () => true,
    () => leaveOut("tests of the container image. They need the client docker on the path"),
  );
}

/** Copies programs with the libraries that they are linked to. */
function layPrograms(folder: string, programs: Readonly<Record<string, string>>): void {
  const copy = (from: string, to: string): void => {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    cpSync(realpathSync(from), join(folder, to));
  };
  const resvg = execFileSync("find", ["-L", join(root, "node_modules/@resvg"), "-name", "*.node"]);
  for (const [from, to] of Object.entries(programs)) copy(from, to);
  const linked = [...Object.keys(programs), ...resvg.toString().trim().split("\n")];
  for (const file of linked) {
    const libraries = execFileSync("ldd", [file])
      .toString()
      .matchAll(/(\/\S+) \(0x/g);
    for (const [, library = ""] of libraries) copy(library, library);
  }
  for (const name of ["tmp", "etc"]) mkdirSync(join(folder, name), { recursive: true });
}

describe.runIf(await testable())("the container image", () => {
  let engine: DockerEngine;
  let postgres: TestPostgres;
  const bridge = createServer();
  const folder = mkdtempSync(join(tmpdir(), "driftwarden-image-"));
  chmodSync(folder, 0o755);
  const docker = async (...args: readonly string[]): Promise<string> => {
    const env = { ...process.env, DOCKER_HOST: `unix://${engine.socket}`, DOCKER_BUILDKIT: "0" };
    return (await run("docker", args, { env, cwd: folder })).stdout.trim();
  };
  const inspect = async (what: string): Promise<unknown> =>
    JSON.parse(await docker("inspect", "--format", `{{json ${what}}}`, "daemon"));

  /** The container has no network, so it reaches Postgres through a socket of the folder. */
  async function openSocket(sockets: string): Promise<void> {
    const { port } = postgres.server;
    const path = join(sockets, `.s.PGSQL.${port}`);
    mkdirSync(sockets);
    bridge.on("connection", (inside) => {
      const outside = connect(port, "127.0.0.1");
      // Each end closes the other one. Why it ended does not matter here.
      pipeline(inside, outside, inside, () => undefined);
    });
    bridge.listen(path);
    await once(bridge, "listening");
    chmodSync(path, 0o777);
  }

  beforeAll(async () => {
    [engine, postgres] = await Promise.all([startTestDocker(), startTestPostgres()]);
    await openSocket(join(folder, "sockets"));
    const base = join(folder, "base");
    layPrograms(base, {
      [process.execPath]: "usr/bin/node",
      "/usr/bin/dpkg-deb": "usr/bin/dpkg-deb",
      "/bin/tar": "usr/bin/tar",
    });
    const archive = join(folder, "base.tar");
    await run("tar", ["-C", base, "-cf", archive, "."]);
    await docker("import", "-c", "ENV PATH=/usr/bin", archive, "base:local");
    rmSync(base, { recursive: true });
    rmSync(archive);

    const made = await packDebian();
    cpSync(made.path, join(folder, "dist/package", made.name));
    await made.remove();
    cpSync(join(root, ".dockerignore"), join(folder, ".dockerignore"));
    const options = ["--network=none", "--build-arg=BASE=base:local", "-t", "driftwarden"];
    await docker("build", ...options, "-f", join(root, recipe), ".");
  });
  afterAll(async () => {
    await Promise.all([engine?.stop(), postgres?.stop()]);
    bridge.close();
    rmSync(folder, { recursive: true });
  });

  it("runs as a user without rights, on a read-only root, and becomes healthy", async () => {
    await postgres.createDatabase("driftwarden");
    await postgres.createSource("explainability");
    const server = `postgres://app@127.0.0.1:${postgres.server.port}`;
    writeFileSync(
      join(folder, "driftwarden.yaml"),
      `store: {url: "${server}/driftwarden?host=/sockets"}
sources: {main: {url: "${server}/explainability?host=/sockets"}}
http: {listen: "0.0.0.0:9642", allow_remote: true}
`,
    );
    const config = `${join(folder, "driftwarden.yaml")}:/etc/driftwarden/driftwarden.yaml:ro`;
    const places = ["-v", config, "-v", `${join(folder, "sockets")}:/sockets`];
    // As on the page, without a published port, because this engine has no networks.
    const closed = ["--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges"];
    const health = ["--network=none", "--health-interval=1s"];
    await docker("run", "-d", "--name=daemon", ...closed, ...health, ...places, "driftwarden");
    await eventually(async () => expect(await inspect(".State.Health.Status")).toBe("healthy"));
    const ask = "fetch('http://127.0.0.1:9642/-/ready').then(({ status }) => console.log(status))";
    await eventually(async () =>
      expect(await docker("exec", "daemon", "node", "-e", ask)).toBe("200"),
    );
    expect(await inspect(".Config.User")).toBe("65532:65532");
  });

  it("stops at SIGTERM with exit code 0", async () => {
    await docker("stop", "--time=60", "daemon");
    expect(await inspect(".State.ExitCode")).toBe(0);
  });

  it("is unhealthy without a daemon that answers", async () => {
    const [, ...command] =
      /CMD (\[.*\])\n# Node/.exec(readFileSync(join(root, recipe), "utf8")) ?? [];
    const [node = "", ...args]: string[] = JSON.parse(command[0] ?? "[]");
    const options = ["run", "--rm", "--network=none", `--entrypoint=${node}`, "driftwarden"];
    await expect(docker(...options, ...args)).rejects.toMatchObject({ code: 1 });
  });
});
