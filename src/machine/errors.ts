/** The codes of faults of this machine. They appear in findings; nothing throws them. */
export type MachineCode =
  | "DW_MACHINE_NODE"
  | "DW_MACHINE_CLOCK"
  | "DW_MACHINE_DISK"
  | "DW_MACHINE_LISTEN"
  | "DW_MACHINE_LOOPBACK"
  | "DW_MACHINE_STATE_FOLDER"
  | "DW_MACHINE_UNIT"
  | "DW_MACHINE_CREDENTIAL";
