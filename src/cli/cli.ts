/** What a command may use of the process. Tests replace it. */

export interface Cli {
  /** Writes one line of data to stdout. */
  print(line: string): void;
  /** Writes one line for people to stderr. */
  say(line: string): void;
  /** Sets the exit code of a command that ends without an error, such as a failed check. Default: 0. */
  exitWith(code: number): void;
  /**
   * Aborts on the first SIGTERM or SIGINT; a second one ends the process at once. Until a command asks for it,
   * those signals end the process as usual.
   */
  stopSignal(): AbortSignal;
}
