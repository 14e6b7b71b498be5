/** All lines of `driftwarden doctor` about this machine, in the order in which they are printed. */
import type { CheckFinding } from "../finding.ts";
import { clock } from "./clock.ts";
import { credentials } from "./credentials.ts";
import type { Machine, MachineLine, MachineSettings } from "./machine.ts";
import { listenAddress, loopback } from "./network.ts";
import { memory, node, openFiles, temporary } from "./resources.ts";
import { stateFolder } from "./state-folder.ts";
import { exposure, unitSettings } from "./unit-settings.ts";
import { unitState } from "./unit-state.ts";

export const machineLines: readonly MachineLine[] = [
  node,
  clock,
  memory,
  openFiles,
  temporary,
  loopback,
  listenAddress,
  unitState,
  unitSettings,
  credentials,
  stateFolder,
  exposure,
];

/** A part of `driftwarden doctor`: this machine, or one of its services. */
interface MachinePart {
  readonly part: string;
  look(): Promise<readonly CheckFinding[]>;
}

export function machineParts(machine: Machine, settings: MachineSettings): readonly MachinePart[] {
  const units = [
    { part: "unit", service: "driftwarden" },
    ...(settings.hasExecutor ? [{ part: "unit:executor", service: "driftwarden-executor" }] : []),
  ];
  const linesOf =
    (kind: MachineLine["part"], service = ""): MachinePart["look"] =>
    async () =>
      (
        await Promise.all(
          machineLines
            .filter(({ part }) => part === kind)
            .map((line) => line.look(machine, settings, service)),
        )
      ).flat();
  return [
    { part: "machine", look: linesOf("machine") },
    ...units.map(({ part, service }) => ({ part, look: linesOf("unit", service) })),
  ];
}
