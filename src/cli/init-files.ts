/** The files that `driftwarden init` writes: the configuration, and the addresses that hold a password. */
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { messageOf } from "../errors.ts";
import { FileError } from "../replay/errors.ts";

/** The name of the configuration that stands for stdout. */
export const standardOutput = "-";

export interface OutputFile {
  readonly file: string;
  readonly text: string;
  /** Whether only its owner may read it. */
  readonly isSecret: boolean;
}

/**
 * Refuses a place that cannot be written to, before anything is asked or read.
 *
 * @throws FileError DW_CLI_FILE
 */
export function refuseOut(out: string, { force }: { readonly force: boolean }): void {
  if (out === standardOutput) return;
  const folder = dirname(resolve(out));
  const problem = folderProblem(folder);
  if (problem !== undefined)
    throw new FileError("DW_CLI_FILE", `writing ${out}: ${problem}`, {
      hint: "Name a file in a folder that exists and may be written to, or - for stdout: --out FILE.",
    });
  refuseExisting([out], force);
}

function folderProblem(folder: string): string | undefined {
  try {
    if (!statSync(folder).isDirectory()) return `${folder} is no folder`;
    accessSync(folder, constants.W_OK);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function refuseExisting(files: readonly string[], force: boolean): void {
  const [there] = force ? [] : files.filter((file) => existsSync(file));
  if (there === undefined) return;
  throw new FileError("DW_CLI_FILE", `${there} exists, and is not overwritten`, {
    hint: "Name another file by --out FILE, or overwrite it by --force.",
  });
}

/** The file beside the configuration that keeps the address of a database. */
export function secretFile(out: string, name: string): string {
  // A configuration on stdout has no folder, so this is the folder of the Debian package.
  const folder = out === standardOutput ? "/etc/driftwarden" : dirname(resolve(out));
  return join(folder, "credentials", name);
}

/** Writes secrets first: a configuration never names a file that is missing. @throws FileError DW_CLI_FILE */
export function writeFiles(
  files: readonly OutputFile[],
  { force }: { readonly force: boolean },
): void {
  refuseExisting(
    files.map(({ file }) => file),
    force,
  );
  for (const { file, text, isSecret } of files.toSorted(
    (a, b) => Number(b.isSecret) - Number(a.isSecret),
  )) {
    try {
      if (isSecret) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      // A file is replaced by renaming a new one. So its old permissions do not remain, and a full disk does not leave
      // half of its text.
      const place = force ? `${file}.new` : file;
      if (force) rmSync(place, { force });
      writeFileSync(place, text, { mode: isSecret ? 0o600 : 0o644, flag: "wx" });
      if (force) renameSync(place, file);
    } catch (error) {
      throw new FileError("DW_CLI_FILE", `writing ${file}: ${messageOf(error)}`, {
        hint: "Name a file in a folder that exists and may be written to, or - for stdout: --out FILE.",
        cause: error,
      });
    }
  }
}
