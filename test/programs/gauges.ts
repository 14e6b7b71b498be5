/** What a running daemon takes and counts, read from outside. */
import { readFile } from "node:fs/promises";
import type { Daemon } from "./daemon.ts";

/** Most memory the process ever held, MB. */
export async function peakMb(pid: number): Promise<number> {
  return await memoryMb(pid, /VmHWM:\s+(\d+) kB/);
}

/** Memory the process holds now, MB. */
export async function residentMb(pid: number): Promise<number> {
  return await memoryMb(pid, /VmRSS:\s+(\d+) kB/);
}

async function memoryMb(pid: number, line: RegExp): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Number(line.exec(status)?.[1]) / 1024;
}

/** The sum of all its samples whose lines match. */
export async function metric(daemon: Daemon, name: RegExp): Promise<number> {
  const text = await (await fetch(`${daemon.url}/metrics`)).text();
  const lines = text.split("\n").filter((line) => name.test(line));
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}
