/** What a command may use of the process, so that no command touches the process itself. */

export interface Cli {
  /** Writes one line of data to stdout. */
  print(line: string): void;
  /** Writes one line for people to stderr. */
  say(line: string): void;
  /** Ends with this code instead of 0 when the command is through; for what is no error, such as a failed check. */
  exitWith(code: number): void;
  /**
   * Aborts on the first SIGTERM or SIGINT; a second one ends the process at once. Until a command asks for it,
   * those signals end the process as usual.
   */
  stopSignal(): AbortSignal;
}
