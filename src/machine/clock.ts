/**
 * Checks whether this machine's clock is synchronised. clock-difference.ts compares it with the clocks of the
 * databases.
 */
import { doubtful, fine } from "../finding.ts";
import { type Machine, type MachineLine, root } from "./machine.ts";

export const clock: MachineLine = {
  part: "machine",
  check: "clock",
  async look(machine) {
    const synchronized = await isSynchronized(machine);
    if (synchronized === undefined)
      return [fine("clock", "whether the clock is synchronised is not known here")];
    if (synchronized) return [fine("clock", "the clock is synchronised")];
    return [
      doubtful("clock", {
        message: "the clock of this machine is not synchronised",
        hint: "Run: timedatectl set-ntp true. In a container the host has to do it.",
        ask: root,
      }),
    ];
  },
};

/** timedatectl reads the kernel's state. So it does not matter which program synchronises the clock. */
async function isSynchronized(machine: Machine): Promise<boolean | undefined> {
  const shown = await machine.output("timedatectl", ["show", "--property=NTPSynchronized"]);
  const told = /^NTPSynchronized=(yes|no)$/m.exec(shown ?? "")?.[1];
  if (told !== undefined) return told === "yes";
  const sign = await machine.entry("/run/systemd/timesync/synchronized");
  return typeof sign === "object" ? true : undefined;
}
