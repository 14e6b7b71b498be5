/** Writes a page to a file. */
import { writeFile } from "node:fs/promises";
import { messageOf } from "../../errors.ts";
import { FileError } from "../errors.ts";

/** @throws FileError DW_CLI_FILE when it cannot be written */
export async function writePage(file: string, page: string): Promise<void> {
  try {
    await writeFile(file, page);
  } catch (error) {
    throw new FileError("DW_CLI_FILE", `writing ${file}: ${messageOf(error)}`, {
      hint: "Name a file in a folder that exists and may be written to.",
      cause: error,
    });
  }
}
