/** Writes a page to a file. */
import { open, writeFile } from "node:fs/promises";
import { messageOf } from "../../errors.ts";
import { FileError } from "../errors.ts";

/** Opens the file and leaves its content, so that a wrong name is told before hours of reading. @throws FileError */
export async function mayWritePage(file: string): Promise<void> {
  try {
    await (await open(file, "a")).close();
  } catch (error) {
    throw unwritable(file, error);
  }
}

/** @throws FileError DW_CLI_FILE when it cannot be written */
export async function writePage(file: string, page: string): Promise<void> {
  try {
    await writeFile(file, page);
  } catch (error) {
    throw unwritable(file, error);
  }
}

function unwritable(file: string, error: unknown): FileError {
  return new FileError("DW_CLI_FILE", `writing ${file}: ${messageOf(error)}`, {
    hint: "Name a file in a folder that exists and may be written to.",
    cause: error,
  });
}
