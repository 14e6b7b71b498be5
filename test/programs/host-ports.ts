/** Ports of this machine for a booted one that has a network of its own: each is passed on through a Unix socket. */
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface HostPorts {
  /** For `sockets` of bootSystemd. */
  readonly sockets: Readonly<Record<string, string>>;
  /** Lets systemd listen on the ports in the booted machine. For `prepare` of bootSystemd. */
  prepare(root: string): Promise<void>;
  stop(): Promise<void>;
}

/** @param ports port in the booted machine → port of this one; both on 127.0.0.1 */
export async function hostPorts(ports: Readonly<Record<number, number>>): Promise<HostPorts> {
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-ports-"));
  const servers: Server[] = [];
  const sockets: Record<string, string> = {};
  for (const [inside, outside] of Object.entries(ports)) {
    const path = join(folder, inside);
    servers.push(await passOn(path, outside));
    sockets[`/run/host/${inside}`] = path;
  }
  return {
    sockets,
    prepare: async (root) => {
      for (const inside of Object.keys(ports)) await writeUnits(root, inside);
    },
    stop: async () => {
      for (const server of servers) server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function passOn(path: string, port: number): Promise<Server> {
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroy());
      from.pipe(to);
    }
  });
  server.listen(path);
  await once(server, "listening");
  return server;
}

async function writeUnits(root: string, port: string): Promise<void> {
  const units = join(root, "etc/systemd/system");
  const wanted = join(units, "sockets.target.wants");
  await mkdir(wanted, { recursive: true });
  const name = `host-${port}`;
  await writeFile(join(units, `${name}.socket`), `[Socket]\nListenStream=127.0.0.1:${port}\n`);
  const proxy = `/usr/lib/systemd/systemd-socket-proxyd /run/host/${port}`;
  await writeFile(join(units, `${name}.service`), `[Service]\nExecStart=${proxy}\n`);
  await symlink(`../${name}.socket`, join(wanted, `${name}.socket`));
}
