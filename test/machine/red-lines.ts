/** Each line of `driftwarden doctor` about this machine, with the ways in which a machine makes it red. */
import type { MachineSettings } from "../../src/machine/machine.ts";
import { type MadeUp, shown } from "./made-up-machine.ts";

interface Red {
  readonly when: string;
  readonly machine?: MadeUp;
  readonly settings?: Partial<MachineSettings>;
  /** Code of a ✗; left out where it is doubtful. */
  readonly code?: string;
  readonly says: string;
}

const unit = (changed: Readonly<Record<string, string>>): MadeUp => ({
  outputs: { "systemctl show": shown(changed) },
});
const storeUrl = "/etc/driftwarden/credentials/store-url";

/** By the name of the line. */
export const red: Readonly<Record<string, readonly Red[]>> = {
  node: [
    {
      when: "Node 18",
      machine: { nodeVersion: "18.20.4" },
      code: "DW_MACHINE_NODE",
      says: "18.20.4",
    },
    {
      when: "Node 20.18",
      machine: { nodeVersion: "20.18.9" },
      code: "DW_MACHINE_NODE",
      says: "20.19",
    },
  ],
  clock: [
    {
      when: "the clock is not synchronised",
      machine: { outputs: { timedatectl: "NTPSynchronized=no\n" } },
      says: "not synchronised",
    },
  ],
  memory: [
    {
      when: "little memory is left",
      machine: { texts: { "/proc/meminfo": "MemAvailable:  102400 kB\n" } },
      says: "100 MB",
    },
  ],
  "open files": [
    {
      when: "few files may be open",
      machine: { texts: { "/proc/self/limits": "Max open files  256  1024  files\n" } },
      says: "1024",
    },
  ],
  tmp: [
    {
      when: "the folder is read-only",
      machine: { readOnly: ["/tmp"] },
      code: "DW_MACHINE_DISK",
      says: "cannot be written to /tmp",
    },
    {
      when: "the folder is full",
      machine: { free: { "/tmp": 3 * 1024 ** 2 } },
      code: "DW_MACHINE_DISK",
      says: "3 MB",
    },
  ],
  loopback: [
    {
      when: "lo is down",
      machine: { listenErrors: { "127.0.0.1": "EADDRNOTAVAIL", "::1": "EADDRNOTAVAIL" } },
      code: "DW_MACHINE_LOOPBACK",
      says: "127.0.0.1",
    },
    {
      when: "the server is to listen on IPv6, and there is none",
      machine: { listenErrors: { "::1": "EAFNOSUPPORT" } },
      settings: { listen: { host: "::1", port: 9642 } },
      code: "DW_MACHINE_LOOPBACK",
      says: "::1",
    },
  ],
  listen: [
    {
      when: "another program has the port",
      machine: { answering: "another" },
      code: "DW_MACHINE_LISTEN",
      says: "another program answers at 127.0.0.1:9642",
    },
    {
      when: "the address is not this machine's",
      machine: { listenErrors: { "192.0.2.7": "EADDRNOTAVAIL" } },
      settings: { listen: { host: "192.0.2.7", port: 9642 } },
      code: "DW_MACHINE_LISTEN",
      says: "192.0.2.7",
    },
    {
      when: "only root may have the port",
      settings: { listen: { host: "127.0.0.1", port: 80 } },
      code: "DW_MACHINE_LISTEN",
      says: "below 1024",
    },
  ],
  state: [
    {
      when: "the unit is not installed",
      machine: unit({ LoadState: "not-found" }),
      says: "not installed",
    },
    {
      when: "the unit is masked",
      machine: unit({ LoadState: "masked" }),
      code: "DW_MACHINE_UNIT",
      says: "masked",
    },
    {
      when: "the configuration is wrong",
      machine: unit({ ActiveState: "failed", Result: "exit-code", ExecMainStatus: "78" }),
      code: "DW_MACHINE_UNIT",
      says: "exit code 78",
    },
    {
      when: "it is started again and again",
      machine: unit({ ActiveState: "activating", SubState: "auto-restart", NRestarts: "7" }),
      code: "DW_MACHINE_UNIT",
      says: "7 times",
    },
    {
      when: "it has ended, and waits to be ready again",
      machine: unit({ ActiveState: "activating", SubState: "start", NRestarts: "7" }),
      code: "DW_MACHINE_UNIT",
      says: "after 7 restarts",
    },
    {
      when: "it is not ready yet",
      machine: unit({ ActiveState: "activating", SubState: "start", NRestarts: "0" }),
      says: "not ready yet",
    },
    { when: "it does not run", machine: unit({ ActiveState: "inactive" }), says: "does not run" },
    {
      when: "it is not started at boot",
      machine: unit({ UnitFileState: "disabled" }),
      says: "boot",
    },
    {
      when: "systemd has an old text",
      machine: unit({ NeedDaemonReload: "yes" }),
      says: "changed",
    },
  ],
  settings: [
    { when: "it stays down", machine: unit({ Restart: "no" }), says: "Restart=no" },
    { when: "it runs as root", machine: unit({ User: "" }), says: "as root" },
    { when: "78 is restarted", machine: unit({ RestartPreventExitStatus: "2" }), says: "78" },
    { when: "few files", machine: unit({ LimitNOFILE: "1024" }), says: "LimitNOFILE=1024" },
    {
      when: "little memory",
      machine: unit({ MemoryMax: "134217728" }),
      says: "MemoryMax=134217728",
    },
  ],
  credentials: [
    {
      when: "a file is missing",
      machine: { entries: { [storeUrl]: "missing" } },
      code: "DW_MACHINE_CREDENTIAL",
      says: storeUrl,
    },
    {
      when: "others can read a file",
      machine: { entries: { [storeUrl]: { uid: 0, mode: 0o644 } } },
      says: "mode 644",
    },
    {
      when: "a file belongs to somebody",
      machine: { entries: { [storeUrl]: { uid: 1000, mode: 0o600 } } },
      says: "user 1000",
    },
    {
      when: "the user may not look",
      machine: { entries: { [storeUrl]: "hidden" } },
      says: "cannot be looked at",
    },
    {
      when: "a drop-in takes back a line that the configuration needs",
      machine: { outputs: { "systemctl cat": "LoadCredential=store-url:/a\nLoadCredential=\n" } },
      code: "DW_MACHINE_CREDENTIAL",
      says: "no LoadCredential line",
    },
  ],
  "state folder": [
    {
      when: "it is not there",
      machine: { entries: { "/var/lib/driftwarden": "missing" } },
      code: "DW_MACHINE_STATE_FOLDER",
      says: "not there",
    },
    {
      when: "it belongs to somebody else",
      machine: { entries: { "/var/lib/driftwarden": { uid: 0, mode: 0o700 } } },
      code: "DW_MACHINE_STATE_FOLDER",
      says: "belongs to user 0",
    },
    {
      when: "its file system is read-only",
      machine: { readOnly: ["/var/lib/driftwarden"] },
      code: "DW_MACHINE_STATE_FOLDER",
      says: "cannot be written to",
    },
    {
      when: "its disk is full",
      machine: { free: { "/var/lib/driftwarden": 1024 ** 2 } },
      code: "DW_MACHINE_DISK",
      says: "1 MB",
    },
  ],
  exposure: [
    {
      when: "a drop-in opens the unit",
      machine: {
        outputs: {
          "systemd-analyze security":
            "→ Overall exposure level for driftwarden.service: 8.8 EXPOSED",
        },
      },
      says: "8.8",
    },
  ],
};
