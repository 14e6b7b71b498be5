/** A machine on which everything is right. A test changes what it wants to see told. */
import type { FileFacts, Machine, MachineSettings } from "../../src/machine/machine.ts";

/** Answers of programs and files by what is asked; undefined takes one away. */
export interface MadeUp {
  readonly outputs?: Readonly<Record<string, string | undefined>>;
  readonly texts?: Readonly<Record<string, string | undefined>>;
  readonly entries?: Readonly<Record<string, FileFacts | "missing" | "hidden">>;
  readonly free?: Readonly<Record<string, number>>;
  readonly readOnly?: readonly string[];
  readonly listenErrors?: Readonly<Record<string, string>>;
  readonly answering?: "nobody" | "driftwarden" | "another";
  readonly nodeVersion?: string;
  readonly uid?: number;
}

const unitText = `[Service]
LoadCredential=store-url:/etc/driftwarden/credentials/store-url
LoadCredential=jira-token:/etc/driftwarden/credentials/jira-token
`;

/** Properties of a unit as it is shipped, and running. */
const healthyUnit: Readonly<Record<string, string>> = {
  LoadState: "loaded",
  ActiveState: "active",
  SubState: "running",
  UnitFileState: "enabled",
  NeedDaemonReload: "no",
  Result: "success",
  ExecMainStatus: "0",
  NRestarts: "0",
  User: "driftwarden",
  Restart: "always",
  RestartPreventExitStatus: "2 78",
  StateDirectory: "driftwarden",
  DropInPaths: "",
  LimitNOFILE: "16384",
  MemoryMax: "2147483648",
};

/** What `systemctl show` prints. */
export const shown = (changed: Readonly<Record<string, string>> = {}): string =>
  Object.entries({ ...healthyUnit, ...changed })
    .map(([name, value]) => `${name}=${value}`)
    .join("\n");

const outputs: Readonly<Record<string, string | undefined>> = {
  timedatectl: "NTPSynchronized=yes\n",
  "systemctl show": shown(),
  "systemctl cat": unitText,
  "systemd-analyze security": "  \n→ Overall exposure level for driftwarden.service: 1.1 OK :-)\n",
  "id -u": "990\n",
};
const texts: Readonly<Record<string, string | undefined>> = {
  "/proc/meminfo": "MemTotal:  8000000 kB\nMemAvailable:    4000000 kB\n",
  "/proc/self/limits":
    "Max open files            1024                 1048576              files\n",
  "/proc/sys/net/ipv4/ip_unprivileged_port_start": "1024\n",
};
const secret: FileFacts = { uid: 0, mode: 0o600 };
const entries: Readonly<Record<string, FileFacts | "missing" | "hidden">> = {
  "/run/systemd/system": { uid: 0, mode: 0o755 },
  "/etc/driftwarden/credentials/store-url": secret,
  "/etc/driftwarden/credentials/jira-token": secret,
  "/var/lib/driftwarden": { uid: 990, mode: 0o700 },
};

export function madeUpMachine(made: MadeUp = {}): Machine {
  const all = { outputs: { ...outputs, ...made.outputs }, texts: { ...texts, ...made.texts } };
  const places = { ...entries, ...made.entries };
  return {
    nodeVersion: made.nodeVersion ?? "22.11.0",
    uid: made.uid ?? 0,
    tmp: "/tmp",
    output: async (program, [verb = ""]) =>
      program in all.outputs ? all.outputs[program] : all.outputs[`${program} ${verb}`],
    text: async (path) => all.texts[path],
    entry: async (path) => places[path] ?? "missing",
    freeBytes: async (path) => made.free?.[path] ?? 20 * 1024 ** 3,
    mayWrite: async (path) => !(made.readOnly ?? []).includes(path),
    listenError: async (host) => made.listenErrors?.[host],
    answeringAt: async () => made.answering ?? "nobody",
  };
}

export const rightSettings: MachineSettings = {
  listen: { host: "127.0.0.1", port: 9642 },
  credentials: ["/run/credentials/driftwarden.service/store-url"],
  hasExecutor: false,
};
