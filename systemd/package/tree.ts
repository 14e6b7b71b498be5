/**
 * Fills folders that are packed. The mode and time of a file in a package must not depend on the umask and the clock of
 * the machine that makes it. So the same sources give the same bytes.
 */
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** Which entries of a folder are copied: by their path below it. */
export type Wanted = (path: string) => boolean;

/** Copies a file or a folder. Links are followed, so that a package holds no link out of itself. */
export function copyTree(from: string, to: string, wanted: Wanted = () => true): void {
  const copy = (path: string): void => {
    const source = join(from, path);
    if (statSync(source).isDirectory()) {
      for (const name of readdirSync(source)) {
        if (wanted(join(path, name))) copy(join(path, name));
      }
    } else {
      mkdirSync(dirname(join(to, path)), { recursive: true });
      copyFileSync(source, join(to, path));
    }
  };
  copy("");
}

/** Writes a file, with the folders above it. */
export function writeTo(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Makes a link, with the folders above it. */
export function linkTo(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

/**
 * Sets the same time for everything in `folder`, and one of two modes: a file that its owner may execute is executable
 * for everybody.
 */
export function settle(folder: string, epoch: number): void {
  const status = lstatSync(folder);
  if (status.isDirectory()) {
    for (const name of readdirSync(folder)) settle(join(folder, name), epoch);
  }
  if (!status.isSymbolicLink()) chmodSync(folder, (status.mode & 0o100) === 0 ? 0o644 : 0o755);
  lutimesSync(folder, epoch, epoch);
}
