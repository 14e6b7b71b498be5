/** The lines about the network of this machine: both loopback addresses, and the address that the server listens on. */
import { type CheckFinding, fine, wrong } from "../finding.ts";
import type { MachineCode } from "./errors.ts";
import { type Machine, type MachineLine, type MachineSettings, root } from "./machine.ts";

export const loopback: MachineLine = {
  part: "machine",
  check: "loopback",
  async look(machine, { listen }) {
    const [four, six] = [await machine.listenError("127.0.0.1"), await machine.listenError("::1")];
    const needsSix = listen.host.includes(":");
    if (four !== undefined && !needsSix) return [noLoopback("127.0.0.1", four)];
    if (six !== undefined && needsSix) return [noLoopback("::1", six)];
    const missing = six === undefined ? "" : "; there is no IPv6, and http.listen does not need it";
    return [fine("loopback", `${four === undefined ? "127.0.0.1" : "::1"} works${missing}`)];
  },
};

const noLoopback = (host: string, code: string): CheckFinding =>
  wrong("loopback", {
    code: "DW_MACHINE_LOOPBACK" satisfies MachineCode,
    message: `nothing can listen on ${host} (${code})`,
    hint: "Bring the interface lo up (ip link set lo up), or name an address in http.listen that this machine has.",
    ask: root,
  });

const wildcards: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };

export const listenAddress: MachineLine = {
  part: "machine",
  check: "listen",
  async look(machine, settings) {
    const { host, port } = settings.listen;
    // The line `loopback` checks these two addresses.
    const isLoopback = host === "127.0.0.1" || host === "::1";
    const error = isLoopback ? undefined : await machine.listenError(host);
    if (error !== undefined)
      return [notOurs(`this machine cannot listen on ${host} (${error})`, settings)];
    if (port === 0) return [fine("listen", `${host}, any free port`)];
    const answering = await machine.answeringAt(wildcards[host] ?? host, port);
    if (answering === "another")
      return [notOurs(`another program answers at ${host}:${port}`, settings)];
    if (answering === "driftwarden")
      return [fine("listen", `Driftwarden answers at ${host}:${port}`)];
    const first = await firstFreePort(machine);
    if (port < first)
      return [notOurs(`only root may listen on a port below ${first}: ${host}:${port}`, settings)];
    return [fine("listen", `${host}:${port} is free`)];
  },
};

async function firstFreePort(machine: Machine): Promise<number> {
  const text = await machine.text("/proc/sys/net/ipv4/ip_unprivileged_port_start");
  return text === undefined ? 1024 : Number(text);
}

const notOurs = (message: string, { listen }: MachineSettings): CheckFinding =>
  wrong("listen", {
    code: "DW_MACHINE_LISTEN" satisfies MachineCode,
    message,
    hint: `Set http.listen to an address of this machine and a free port from 1024 on; ss -ltnp shows who listens on ${listen.port}.`,
    key: "http.listen",
    ask: "you",
  });
