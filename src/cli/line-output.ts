/** Where commands of data print: one line at a time, so that tests can read it. */

export interface LineOutput {
  stdout(line: string): void;
}
