/** The port through which checks examine this machine. `this-machine.ts` implements it; tests use a made-up machine. */
import type { CheckFinding } from "../finding.ts";

/** A file or a folder. */
export interface FileFacts {
  readonly uid: number;
  /** Permission bits, such as 0o600. */
  readonly mode: number;
}

/** Who answers at an address. */
export type Answering = "nobody" | "driftwarden" | "another";

export interface Machine {
  /** Such as `20.20.2`. */
  readonly nodeVersion: string;
  /** Id of the user who asks; 0 is root. */
  readonly uid: number;
  /** Folder of temporary files. */
  readonly tmp: string;
  /** What a program prints; undefined when it is not installed, fails, or does not end within five seconds. */
  output(program: string, args: readonly string[]): Promise<string | undefined>;
  /** Text of a small file; undefined when it cannot be read. */
  text(path: string): Promise<string | undefined>;
  /** `hidden`: this user may not see whether it exists. */
  entry(path: string): Promise<FileFacts | "missing" | "hidden">;
  /** Bytes that a user without special rights may still write there; undefined when it is not known. */
  freeBytes(path: string): Promise<number | undefined>;
  /** Whether this user may write there. Nothing is written. */
  mayWrite(path: string): Promise<boolean>;
  /** Listens on any free port of the address for a moment. @returns the error code; undefined when it works */
  listenError(host: string): Promise<string | undefined>;
  answeringAt(host: string, port: number): Promise<Answering>;
}

/** What of the configuration concerns this machine. */
export interface MachineSettings {
  readonly listen: { readonly host: string; readonly port: number };
  /** Every path in the configuration that lies below `/run/credentials/`. */
  readonly credentials: readonly string[];
  /** Whether a second process opens the engine's socket. */
  readonly hasExecutor: boolean;
}

/** One line of `driftwarden doctor` about this machine. */
export interface MachineLine {
  readonly part: "machine" | "unit";
  readonly check: string;
  /**
   * A line about the unit returns no finding if the unit is not installed. Only the line `state` reports that.
   *
   * @param service name of the systemd service without `.service`; only lines of the unit use it
   */
  look(machine: Machine, settings: MachineSettings, service: string): Promise<CheckFinding[]>;
}

/** Who can take the next steps that the lines of this folder name. */
export const root = "root on this machine";
