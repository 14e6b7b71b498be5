/** What the checks may ask of this machine. `this-machine.ts` answers; tests use a machine that they made up. */
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
  /** Every path of the configuration that lies in the credentials of the unit. */
  readonly credentials: readonly string[];
  /** Whether a second process opens the engine's socket. */
  readonly hasExecutor: boolean;
}

/** One line of `driftwarden doctor` about this machine. */
export interface MachineLine {
  readonly part: "machine" | "unit";
  readonly check: string;
  /**
   * A line of the unit says nothing where the unit is not installed; the line `state` says that.
   *
   * @param service name of the systemd service without `.service`; only lines of the unit use it
   */
  look(machine: Machine, settings: MachineSettings, service: string): Promise<CheckFinding[]>;
}

/** Who can do what the lines of this room ask for. */
export const root = "root on this machine";
