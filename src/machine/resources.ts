/** Checks what the machine offers: Node's version, memory, open files, space for temporary files. */
import { doubtful, fine, wrong } from "../finding.ts";
import type { MachineCode } from "./errors.ts";
import { type MachineLine, root } from "./machine.ts";

const oldestNode = [20, 19] as const;

export const node: MachineLine = {
  part: "machine",
  check: "node",
  async look({ nodeVersion }) {
    const [major = 0, minor = 0] = nodeVersion.split(".").map(Number);
    const [wantedMajor, wantedMinor] = oldestNode;
    const isOld = major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
    if (!isOld) return [fine("node", `Node ${nodeVersion}`)];
    return [
      wrong("node", {
        code: "DW_MACHINE_NODE" satisfies MachineCode,
        message: `Node ${nodeVersion} is older than ${oldestNode.join(".")}`,
        hint: "Install Node 22 or 24, then start the service again.",
        ask: root,
      }),
    ];
  },
};

const MB = 1024 ** 2;
const leastMemory = 512 * MB;

export const memory: MachineLine = {
  part: "machine",
  check: "memory",
  async look(machine) {
    const found = /^MemAvailable: +(\d+) kB$/m.exec((await machine.text("/proc/meminfo")) ?? "");
    if (found === null) return [fine("memory", "how much memory is free is not known here")];
    const bytes = Number(found[1]) * 1024;
    const message = `${sizeText(bytes)} of memory are available`;
    if (bytes >= leastMemory) return [fine("memory", message)];
    const hint = `Give the machine ${sizeText(leastMemory)} more, or stop what does not belong here.`;
    return [doubtful("memory", { message, hint, ask: root })];
  },
};

const fewestFiles = 4096;

export const openFiles: MachineLine = {
  part: "machine",
  check: "open files",
  async look(machine) {
    // Node raises its own limit to the hard one.
    const limits = (await machine.text("/proc/self/limits")) ?? "";
    const hard = /^Max open files +\S+ +(\S+)/m.exec(limits)?.[1];
    if (hard === undefined) return [fine("open files", "their limit is not known here")];
    const message = `at most ${hard} files may be open`;
    if (hard === "unlimited" || Number(hard) >= fewestFiles) return [fine("open files", message)];
    const hint = `Raise the hard limit to ${fewestFiles} or more: ulimit -Hn, or LimitNOFILE= of the unit.`;
    return [doubtful("open files", { message, hint, ask: root })];
  },
};

const leastTmp = 100 * MB;

export const temporary: MachineLine = {
  part: "machine",
  check: "tmp",
  async look(machine) {
    const { tmp } = machine;
    const free = (await machine.freeBytes(tmp)) ?? Number.POSITIVE_INFINITY;
    if (!(await machine.mayWrite(tmp)))
      return [tmpProblem(`temporary files cannot be written to ${tmp}`)];
    if (free < leastTmp) return [tmpProblem(`only ${sizeText(free)} are free in ${tmp}`)];
    const room = Number.isFinite(free) ? `${sizeText(free)} free` : "how much is free is not known";
    return [fine("tmp", `${tmp}, ${room}`)];
  },
};

const tmpProblem = (message: string): ReturnType<typeof wrong> =>
  wrong("tmp", {
    code: "DW_MACHINE_DISK" satisfies MachineCode,
    message,
    hint: "Make room there, or set TMPDIR to another folder: replay sorts large files in it.",
    ask: root,
  });

/** `1.5 GB`, `340 MB`; 1 GB is 2^30 bytes. */
export function sizeText(bytes: number): string {
  const [unit, size] = bytes >= 1024 * MB ? (["GB", 1024 * MB] as const) : (["MB", MB] as const);
  const amount = bytes / size;
  return `${amount >= 100 ? Math.round(amount) : Math.round(amount * 10) / 10} ${unit}`;
}
