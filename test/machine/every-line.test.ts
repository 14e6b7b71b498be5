/**
 * Every line of `driftwarden doctor` about this machine, with each way in which it was seen red. A line that is added to
 * the list without a case here fails.
 */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { CheckFinding } from "../../src/finding.ts";
import { machineLines, machineParts } from "../../src/machine/lines.ts";
import type { MachineSettings } from "../../src/machine/machine.ts";
import { type MadeUp, madeUpMachine, rightSettings, shown } from "./made-up-machine.ts";

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

const red: Readonly<Record<string, readonly Red[]>> = {
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

async function look(
  made: MadeUp,
  settings: Partial<MachineSettings> = {},
): Promise<readonly CheckFinding[]> {
  const parts = machineParts(madeUpMachine(made), { ...rightSettings, ...settings });
  return (await Promise.all(parts.map((part) => part.look()))).flat();
}

const isGreen = ({ ok, doubtful }: CheckFinding): boolean => ok && !doubtful;
const checks = machineLines.map(({ check }) => check);
const cases = Object.entries(red).flatMap(([check, reds]) =>
  reds.map((one) => ({ check, name: `${check}: ${one.when}`, one })),
);

describe("a line of doctor about this machine", () => {
  it("has a red case, and each red case has a line", () => {
    expect(Object.keys(red).toSorted()).toEqual(checks.toSorted());
    expect(Object.values(red).every((reds) => reds.length > 0)).toBe(true);
  });

  it("is green, once each, where everything is right", async () => {
    const found = await look({});
    expect(found.filter((one) => !isGreen(one))).toEqual([]);
    expect(found.map(({ check }) => check).toSorted()).toEqual(checks.toSorted());
  });

  it.each(cases)("was red: $name", async ({ check, one }) => {
    const found = (await look(one.machine ?? {}, one.settings)).filter((each) => !isGreen(each));
    const told = found.find(({ message }) => message.includes(one.says));
    expect(told).toMatchObject({ check, ok: one.code === undefined, code: one.code ?? null });
    expect(told?.hint).toMatch(/^\S.{10,}/);
    expect(told?.ask).toMatch(/^(you|root on this machine)$/);
    // What is wrong in one place is told by its own line alone.
    expect([...new Set(found.map((each) => each.check))]).toEqual([check]);
  });

  it("has for each code of this room a case that shows it", () => {
    const codes = readFileSync("src/machine/errors.ts", "utf8").match(/DW_MACHINE_[A-Z_]+/g) ?? [];
    // The difference between two clocks is told beside the database that has the other one.
    const here = codes.filter((code) => code !== "DW_MACHINE_CLOCK");
    expect(here.filter((code) => !cases.some(({ one }) => one.code === code))).toEqual([]);
  });
});

describe("what this machine does not tell", () => {
  it("is said to be unknown, and is no fault", async () => {
    const nothing: MadeUp = {
      outputs: {
        timedatectl: undefined,
        "systemctl show": undefined,
        "systemctl cat": undefined,
        "systemd-analyze security": undefined,
      },
      texts: { "/proc/meminfo": undefined, "/proc/self/limits": undefined },
      entries: { "/run/systemd/system": "missing" },
    };
    const found = await look(nothing);
    expect(found.filter((one) => !isGreen(one))).toEqual([]);
    expect(found.filter(({ message }) => message.includes("not known"))).toHaveLength(3);
    expect(found).toContainEqual(expect.objectContaining({ message: "systemd does not run here" }));
  });

  it("is read from timesyncd's sign where there is no timedatectl", async () => {
    const sign = { "/run/systemd/timesync/synchronized": { uid: 0, mode: 0o644 } };
    const found = await look({ outputs: { timedatectl: undefined }, entries: sign });
    expect(found).toContainEqual(
      expect.objectContaining({ check: "clock", message: "the clock is synchronised" }),
    );
  });
});

describe("the second process", () => {
  it("has its own lines, once it is configured", async () => {
    const parts = machineParts(madeUpMachine(), { ...rightSettings, hasExecutor: true });
    expect(parts.map(({ part }) => part)).toEqual(["machine", "unit", "unit:executor"]);
    const [, , executor] = parts;
    expect(await executor?.look()).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining("driftwarden-executor.service") }),
    );
  });
});
