/** Where commands print data: line by line, so that tests can read it. */

export interface LineOutput {
  stdout(line: string): void;
}
