/**
 * Checks the folder in which a service keeps its files: it exists, belongs to the service, is writable and has free
 * space.
 */
import { type CheckFinding, fine, wrong } from "../finding.ts";
import type { MachineCode } from "./errors.ts";
import { type Machine, type MachineLine, root } from "./machine.ts";
import { sizeText } from "./resources.ts";
import { installedService } from "./service.ts";

const leastFree = 50 * 1024 ** 2;

export const stateFolder: MachineLine = {
  part: "unit",
  check: "state folder",
  async look(machine, _settings, service) {
    const facts = await installedService(machine, service);
    const name = facts?.get("StateDirectory") ?? "";
    if (facts === undefined) return [];
    if (name === "") return [fine("state folder", "the unit has no state directory")];
    const folder = `/var/lib/${name}`;
    const problem = await problemOf(machine, folder, facts.get("User") ?? "");
    if (problem !== undefined) return [problem];
    const free = await machine.freeBytes(folder);
    const room = free === undefined ? "how much is free is not known" : `${sizeText(free)} free`;
    return [fine("state folder", `${folder}, ${room}`)];
  },
};

async function problemOf(
  machine: Machine,
  folder: string,
  user: string,
): Promise<CheckFinding | undefined> {
  const entry = await machine.entry(folder);
  if (entry === "missing")
    return notUsable(`${folder} is not there`, "Start the unit: systemd makes the folder.");
  if (entry === "hidden") return undefined;
  return (
    (await ownerProblem(machine, folder, { user, owner: entry.uid })) ?? fullDisk(machine, folder)
  );
}

async function ownerProblem(
  machine: Machine,
  folder: string,
  { user, owner }: { readonly user: string; readonly owner: number },
): Promise<CheckFinding | undefined> {
  const id = Number((await machine.output("id", ["-u", user])) ?? Number.NaN);
  if (!Number.isNaN(id) && owner !== id)
    return notUsable(
      `${folder} belongs to user ${owner}, and the service runs as ${user} (${id})`,
      `Run: chown -R ${user}: ${folder}`,
    );
  // Only root and the owner can test this. Root may write in any folder, except on a file system that is mounted
  // read-only.
  const mayTell = machine.uid === 0 || machine.uid === owner;
  if (!mayTell || (await machine.mayWrite(folder))) return undefined;
  return notUsable(
    `${folder} cannot be written to`,
    `Look whether its file system is mounted read-only (findmnt -T ${folder}), and mount it with rw.`,
  );
}

async function fullDisk(machine: Machine, folder: string): Promise<CheckFinding | undefined> {
  const free = await machine.freeBytes(folder);
  if (free === undefined || free >= leastFree) return undefined;
  const message = `only ${sizeText(free)} are free in ${folder}`;
  return problem("DW_MACHINE_DISK", message, `Make room on the file system of ${folder}.`);
}

const notUsable = (message: string, hint: string): CheckFinding =>
  problem("DW_MACHINE_STATE_FOLDER", message, hint);

const problem = (code: MachineCode, message: string, hint: string): CheckFinding =>
  wrong("state folder", { code, message, hint, ask: root });
