/** The built program with one part removed, to check that a chaos run detects it. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One text in one file of `dist/src/`, and its replacement. */
export interface Change {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export interface Mutant {
  /** Its `dist`. */
  readonly dist: string;
  remove(): Promise<void>;
}

const root = new URL("../..", import.meta.url).pathname;

/** @throws Error when the program has no such text any more */
export async function makeMutant(changes: readonly Change[]): Promise<Mutant> {
  const folder = await mkdtemp(join(tmpdir(), "driftwarden-mutant-"));
  const dist = join(folder, "dist");
  await cp(join(root, "dist"), dist, { recursive: true });
  await cp(join(root, "package.json"), join(folder, "package.json"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  for (const { file, from, to } of changes) {
    const path = join(dist, "src", file);
    const text = await readFile(path, "utf8");
    if (!text.includes(from)) throw new Error(`${file} does not say: ${from}`);
    await writeFile(path, text.replaceAll(from, to));
  }
  return { dist, remove: () => rm(folder, { recursive: true, force: true }) };
}
