/** Where commands print: line by line, so that tests can read it. */

export interface LineOutput {
  stdout(line: string): void;
  /** For people, beside the data. Default: nowhere */
  readonly say?: (line: string) => void;
}
