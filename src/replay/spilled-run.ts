/** A sorted run of rows in a temporary file that is already unlinked. The file disappears with the process. */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../errors.ts";
import { FileError } from "./errors.ts";
import { blockNumbers, type NumberedRow, type RowRun, rowAt, rowsIn } from "./row-run.ts";

/** @throws FileError DW_CLI_FILE when the temporary folder has no room */
export class SpilledRun {
  readonly #file: number;
  #position = 0;

  /** @param run sorted */
  constructor(run: RowRun) {
    const folder = mkdtempSync(join(tmpdir(), "driftwarden-rows-"));
    this.#file = openSync(join(folder, "run"), "w+", 0o600);
    rmSync(folder, { recursive: true });
    try {
      for (const block of run.blocks()) writeSync(this.#file, block);
    } catch (error) {
      closeSync(this.#file);
      const hint = "Free space in the temporary folder, or set TMPDIR to a folder that has it.";
      const message = `sorting rows in ${tmpdir()}: ${messageOf(error)}`;
      throw new FileError("DW_CLI_FILE", message, { hint, cause: error });
    }
  }

  /** @yields the rows in order, once */
  *rows(): Generator<NumberedRow> {
    try {
      for (let block = this.#read(); block.length > 0; block = this.#read())
        for (let row = 0; row < rowsIn(block); row++) yield rowAt(block, row);
    } finally {
      closeSync(this.#file);
    }
  }

  #read(): Float64Array {
    const block = new Float64Array(blockNumbers);
    let bytes = 0;
    while (bytes < block.byteLength) {
      const view = new Uint8Array(block.buffer, bytes);
      const read = readSync(this.#file, view, 0, view.length, this.#position);
      if (read === 0) break;
      bytes += read;
      this.#position += read;
    }
    return block.subarray(0, bytes / block.BYTES_PER_ELEMENT);
  }
}
